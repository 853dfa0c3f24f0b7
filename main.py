"""Layerscope's command line: opens the window, or answers without one."""

import argparse
import contextlib
import gc
import json
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.atomic import write_text
from core.checkpoint import CheckpointError
from core.checkpoint_commands import COMMANDS, CommandError, add_checkpoint_parsers, answer
from core.custom_code import custom_layers, digests
from core.devices import DeviceError
from core.document import load
from core.json_file import DocumentError
from core.numbers import SIGNAL_FEED, Feed
from core.stack import Stack

if TYPE_CHECKING:
    from core.built import Built
    from core.exports.format import Exported, Format
    from core.graph import BuiltGraph
    from core.graph_runner import GraphRunner
    from core.signals import Signals
    from core.trial import Trial

DONE, REFUSED, WRONG = 0, 1, 2
_MOST_NAMED = 10


class _WrongError(Exception):
    """The arguments or the file are wrong; the text is one clear line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if given and given[0] in _COMMANDS:
            options = _parser().parse_args(given)
            return _COMMANDS[options.command](options)
        return _open_window(_window_parser().parse_args(given))
    except _WrongError as error:
        print(f"layerscope: {error}", file=sys.stderr)
        return WRONG
    except BrokenPipeError:
        # Whoever read the output has seen enough; Python would complain again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _window_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="layerscope",
        description=f"Opens the window. Without one: {', '.join(_COMMANDS)}; each has --help.",
    )
    parser.add_argument("file", nargs="?", type=Path, help="a stack file to open")
    return parser


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="layerscope")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    build = commands.add_parser("build", help="build a stack and write what is asked for")
    build.add_argument("file", type=Path, help="the stack file")
    build.add_argument("--checkpoint", type=Path, metavar="PREFIX", help="write a checkpoint")
    build.add_argument(
        "--export",
        type=Path,
        metavar="OUT",
        action="append",
        default=[],
        help="write a file in the format that its name ends with, such as .npz; may come again",
    )
    build.add_argument("--script", type=Path, metavar="OUT.py", help="write the program")
    build.add_argument(
        "--restore",
        type=Path,
        metavar="CKPT",
        help="restore this checkpoint first",
    )
    build.add_argument("--map", type=Path, metavar="MAP.json", help="the names to restore it under")
    build.add_argument(
        "--partial", action="store_true", help="restore what fits, where not all of it does"
    )
    build.add_argument("--device", help="build on this device")
    build.add_argument("--seed", type=int, help="the graph's seed")
    build.add_argument(
        "--run",
        action="store_true",
        help="run it once on a small batch, and tell what can't be run here",
    )
    build.add_argument(
        "--signals",
        action="store_true",
        help="run it on a random batch, and tell how each layer's output is distributed",
    )
    build.add_argument("--json", action="store_true", help="print the report as JSON")
    _add_feed(build, "the values that --signals runs it on", SIGNAL_FEED)
    _add_trust(build)
    compare = commands.add_parser("compare", help="build a stack both ways, side by side")
    compare.add_argument("file", type=Path, help="the stack file")
    compare.add_argument("--json", action="store_true", help="print the report as JSON")
    compare.add_argument("--html", type=Path, metavar="OUT.html", help="write the report as a page")
    _add_trust(compare)
    _add_feed(compare, "the values that both are run on", Feed())
    picture = commands.add_parser("picture", help="save a picture of the window")
    picture.add_argument("file", type=Path, help="the stack file")
    picture.add_argument("to", type=Path, metavar="OUT.png", help="the picture")
    _add_trust(picture)
    add_checkpoint_parsers(commands)
    return parser


def _add_trust(command: argparse.ArgumentParser) -> None:
    text = "run the code of custom layers; read it first, as it can do anything that you can"
    command.add_argument("--trust-code", action="store_true", help=text)


def _add_feed(command: argparse.ArgumentParser, title: str, made_up: Feed) -> None:
    feed = command.add_argument_group(title)
    feed.add_argument("--feed-seed", type=int, default=made_up.seed, help="of the random values")
    feed.add_argument("--batch", type=_positive, default=made_up.batch, help="examples in a batch")
    feed.add_argument("--size", type=_positive, default=made_up.size, help="of unknown dimensions")
    feed.add_argument("--low", type=float, default=made_up.low, help="least value of an input")
    feed.add_argument("--high", type=float, default=made_up.high, help="largest value of an input")


def _feed(options: argparse.Namespace) -> Feed:
    if options.low > options.high:
        raise _WrongError("--low must not be above --high")
    return Feed(options.feed_seed, options.batch, options.size, options.low, options.high)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """Refuse the arguments."""
        raise _WrongError(f"{message} (see {self.prog} --help)")


def _open_window(options: argparse.Namespace) -> int:
    from gui import display

    if options.file is not None:
        _load(options.file)
    if not display.available():
        raise _WrongError("there is no display; use `layerscope build FILE` without a window")
    # The window collects by itself, and before it is shown there is nothing to be found.
    gc.disable()
    from gui.plain_imports import import_plainly

    import_plainly()
    from gui import application

    return application.run(options.file)


def _picture(options: argparse.Namespace) -> int:
    trusted = _trusted(_load(options.file), options, options.file)
    from gui import display

    if not display.available():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from gui.plain_imports import import_plainly

    import_plainly()
    from gui import picture

    return picture.save(options.file, options.to, trusted)


def _build(options: argparse.Namespace) -> int:
    stack = _load(options.file)
    if options.restore is None and (options.map is not None or options.partial):
        raise _WrongError("--map and --partial need --restore")
    trusted = _trusted(stack, options, options.file)
    if options.seed is not None:
        stack = replace(stack, seed=options.seed)
    if options.device is not None:
        stack = replace(stack, device=options.device)
    wanted = _wanted(options)
    feed = _feed(options)
    from core.exports.format import ExportError
    from core.exports.formats import export
    from core.graph import BuiltGraph, NotDrawnError
    from core.graph_runner import GraphRunner
    from core.script import script

    with closing(GraphRunner()) as runner:
        if options.run or options.signals:
            runner.start()  # so that both processes import TensorFlow at the same time
        try:
            # What a custom layer's code prints doesn't belong into the report.
            with contextlib.redirect_stdout(sys.stderr):
                graph = BuiltGraph(stack, trusted=trusted)
                if options.script is not None:
                    _write(script(stack, trusted).text, options.script)
            if options.restore is not None and graph.built.refusal is None:
                _restore(graph, options)
            exported = [] if graph.built.refusal else [export(graph, *found) for found in wanted]
        except (DeviceError, CheckpointError, ExportError, NotDrawnError) as error:
            raise _WrongError(str(error)) from error
        trial = _try_out(graph.built, runner) if options.run else None
        forward = graph.built.forward if options.signals else None
        signals = None if forward is None else runner.find_signals(forward, feed)
    return _report(options, graph, exported, trial, signals, trusted)


def _wanted(options: argparse.Namespace) -> "list[tuple[Format, Path]]":
    """Return what `build` is to write, each file with its format."""
    from core.exports.format import ExportError
    from core.exports.formats import CHECKPOINT, FORMATS, format_of

    try:
        wanted = [(format_of(path), path) for path in options.export]
    except ExportError as error:
        raise _WrongError(f"--export: {error}") from error
    if options.checkpoint is not None:
        wanted.insert(0, (FORMATS[CHECKPOINT], options.checkpoint))
    return wanted


def _restore(graph: "BuiltGraph", options: argparse.Namespace) -> None:
    """Put a checkpoint's values in the place of the initial ones."""
    from core.map_file import load_map
    from core.restore import restore
    from core.restored import Restoring

    try:
        found = None if options.map is None else load_map(options.map)
    except DocumentError as error:
        raise _WrongError(f"{options.map}: {error}") from error
    wanted = Restoring(options.restore, partial=options.partial)
    if found is not None:
        wanted = replace(wanted, names=found.names, steps=found.steps)
    restored = restore(graph, wanted)
    if not restored.variables:
        some = "; --partial restores what fits" if restored.fitting else ""
        raise _WrongError(restored.sentence.rstrip(".") + some)
    print(f"layerscope: {restored.sentence}", file=sys.stderr)


def _try_out(built: "Built", runner: "GraphRunner") -> "Trial | None":
    """Run what was built once, unless TensorFlow refused a part of it."""
    if built.refusal is not None or built.forward is None:
        return None
    return runner.run(built.stack, built.forward)


def _report(
    options: argparse.Namespace,
    graph: "BuiltGraph",
    exported: "Sequence[Exported]",
    trial: "Trial | None",
    signals: "Signals | None",
    trusted: frozenset[str],
) -> int:
    from core.refusals.explanation import explain
    from core.report import report
    from core.report_lines import refusal_line, table, trial_lines
    from core.signals_report import signals_json, signals_lines

    built = graph.built
    if options.json:
        told = None if signals is None else signals_json(built, signals, _feed(options))
        print(json.dumps(report(graph, trial, trusted, told), allow_nan=False))
        return DONE if built.refusal is None else REFUSED
    print(table(built))
    for line in () if signals is None else signals_lines(built, signals):
        print(line)
    for found in exported:
        print(found.sentence)
    if options.script is not None:
        print(f"wrote {options.script}")
    if built.undrawn is not None:
        print(f"layerscope: {built.undrawn}", file=sys.stderr)
    for line in () if trial is None else trial_lines(trial):
        print(f"layerscope: {line}", file=sys.stderr)
    if built.refusal is None:
        return DONE
    print(f"layerscope: {refusal_line(built)}", file=sys.stderr)
    explanation = explain(built)
    if explanation is not None:
        print("\n".join(explanation.sentences), file=sys.stderr)
    return REFUSED


def _compare(options: argparse.Namespace) -> int:
    stack = _load(options.file)
    trusted = _trusted(stack, options, options.file)
    feed = _feed(options)
    from core.comparison import compare, compare_numbers
    from core.comparison_page import comparison_page
    from core.comparison_report import comparison_json, comparison_lines
    from core.graph_runner import GraphRunner

    with closing(GraphRunner()) as runner:
        runner.start()  # so that both processes import TensorFlow at the same time
        try:
            with contextlib.redirect_stdout(sys.stderr):
                comparison = compare(stack, trusted=trusted)
        except DeviceError as error:
            raise _WrongError(str(error)) from error
        numbers = compare_numbers(comparison, runner, feed)
    if options.html is not None:
        _write(comparison_page(comparison, numbers), options.html)
    if options.json:
        print(json.dumps(comparison_json(comparison, numbers), allow_nan=False))
    else:
        print("\n".join(comparison_lines(comparison, numbers)))
    return DONE if comparison.ok else REFUSED


def _checkpoints(options: argparse.Namespace) -> int:
    """Answer a question about checkpoints."""
    try:
        found = answer(options, lambda stack, path: _trusted(stack, options, path))
    except CommandError as error:
        raise _WrongError(str(error)) from error
    for line in found.errors:
        print(f"layerscope: {line}", file=sys.stderr)
    print(found.output)
    return REFUSED if found.refused else DONE


def _load(path: Path) -> Stack:
    try:
        return load(path)
    except DocumentError as error:
        raise _WrongError(f"{path}: {error}") from error


def _trusted(stack: Stack, options: argparse.Namespace, path: Path) -> frozenset[str]:
    """Return the digests of a stack's code, which a person has to have said may be run."""
    named = [layer.name or layer.kind for layer, _ in custom_layers(stack)]
    if named and not options.trust_code:
        names = ", ".join(named[:_MOST_NAMED]) + (", ..." if len(named) > _MOST_NAMED else "")
        layers = f"layer {names} holds" if len(named) == 1 else f"layers {names} hold"
        raise _WrongError(
            f"{path}: the {layers} code of the file's own, which was not run; "
            "read it, and add --trust-code to run it"
        )
    return digests(stack)


def _write(text: str, path: Path) -> None:
    try:
        write_text(path, text)
    except OSError as error:
        raise _WrongError(f"{path} can't be written: {error.strerror}") from error


_COMMANDS = {
    **{"build": _build, "compare": _compare, "picture": _picture},
    **dict.fromkeys(COMMANDS, _checkpoints),
}

if __name__ == "__main__":
    sys.exit(main())
