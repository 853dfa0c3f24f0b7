"""Layerscope's command line: opens the window, or answers without one."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.checkpoint import CheckpointError
from core.devices import DeviceError
from core.document import DocumentError, load
from core.stack import Stack

if TYPE_CHECKING:
    from core.graph import BuiltGraph, Exported

DONE, REFUSED, WRONG = 0, 1, 2


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
        description="Opens the window. Commands without one: build, picture; each has --help.",
    )
    parser.add_argument("file", nargs="?", type=Path, help="a stack file to open")
    return parser


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="layerscope")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    build = commands.add_parser("build", help="build a stack and write what is asked for")
    build.add_argument("file", type=Path, help="the stack file")
    build.add_argument("--checkpoint", type=Path, metavar="PREFIX", help="write a checkpoint")
    build.add_argument("--script", type=Path, metavar="OUT.py", help="write the program")
    build.add_argument("--device", help="build on this device")
    build.add_argument("--seed", type=int, help="the graph's seed")
    build.add_argument("--json", action="store_true", help="print the report as JSON")
    picture = commands.add_parser("picture", help="save a picture of the window")
    picture.add_argument("file", type=Path, help="the stack file")
    picture.add_argument("to", type=Path, metavar="OUT.png", help="the picture")
    return parser


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
    from gui import application

    return application.run(options.file)


def _picture(options: argparse.Namespace) -> int:
    _load(options.file)
    from gui import display

    if not display.available():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from gui import picture

    return picture.save(options.file, options.to)


def _build(options: argparse.Namespace) -> int:
    stack = _load(options.file)
    if options.seed is not None:
        stack = replace(stack, seed=options.seed)
    if options.device is not None:
        stack = replace(stack, device=options.device)
    if options.script is not None:
        _write_script(stack, options.script)
    from core.graph import BuiltGraph, NotDrawnError

    try:
        graph = BuiltGraph(stack)
        exported = None
        if options.checkpoint is not None and graph.built.refusal is None:
            exported = graph.export(options.checkpoint)
    except (DeviceError, CheckpointError, NotDrawnError) as error:
        raise _WrongError(str(error)) from error
    return _report(options, graph, exported)


def _report(options: argparse.Namespace, graph: "BuiltGraph", exported: "Exported | None") -> int:
    from core.report import report, table

    built = graph.built
    if options.json:
        print(json.dumps(report(graph), allow_nan=False))
        return DONE if built.refusal is None else REFUSED
    print(table(built))
    if exported is not None:
        print(f"wrote {exported.prefix}.index, .data-*, .meta: {exported.variables} variables")
    if options.script is not None:
        print(f"wrote {options.script}")
    if built.undrawn is not None:
        print(f"layerscope: {built.undrawn}", file=sys.stderr)
    if built.refusal is None:
        return DONE
    node = built.stack.node(built.refusal.origin)
    called = f"{node.name} ({node.kind})" if node.name else node.kind
    print(f"layerscope: {called}: {built.refusal.message}", file=sys.stderr)
    return REFUSED


def _load(path: Path) -> Stack:
    try:
        return load(path)
    except DocumentError as error:
        raise _WrongError(f"{path}: {error}") from error


def _write_script(stack: Stack, path: Path) -> None:
    from core.script import ScriptError, script, write_script

    try:
        write_script(script(stack), path)
    except ScriptError as error:
        raise _WrongError(str(error)) from error


_COMMANDS = {"build": _build, "picture": _picture}

if __name__ == "__main__":
    sys.exit(main())
