"""The commands that answer questions about checkpoints: inspect, diff, map, rename."""

import argparse
import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.arguments import printable
from core.atomic import write_text
from core.checkpoint import CheckpointError
from core.document import dumps, load
from core.json_file import DocumentError
from core.name_rules import RuleError, RuleKind, read_rule
from core.stack import Stack

_RULES = {
    RuleKind.PREFIX: "a beginning, such as old/=new/",
    RuleKind.PART: "a part between slashes, such as kernel=weights",
    RuleKind.REGEX: "a regular expression, and what it becomes",
}
# Returns the digests of the code in a stack's file that may be run.
Trusted = Callable[[Stack, Path], frozenset[str]]


class CommandError(ValueError):
    """The arguments or a file are wrong; the text is one clear line."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say.

    Attributes:
        output: What belongs on the standard output.
        errors: Lines for the standard error.
        refused: Whether TensorFlow refused a stack.
    """

    output: str
    errors: tuple[str, ...] = ()
    refused: bool = False


def add_checkpoint_parsers(commands: Any) -> None:
    """Add the commands to what `argparse.ArgumentParser.add_subparsers` returned."""
    inspect = commands.add_parser("inspect", help="the variables of any TensorFlow checkpoint")
    inspect.add_argument("prefix", type=Path, help="a prefix, a file or a folder")
    inspect.add_argument("--all", action="store_true", help="show optimizer slots and the like too")
    either = inspect.add_mutually_exclusive_group()
    either.add_argument("--values", metavar="NAME", help="look at the values of one tensor")
    text = "write the stack that would create its variables"
    either.add_argument("--stack", type=Path, metavar="OUT.stack.json", help=text)
    diff = commands.add_parser("diff", help="two checkpoints, or a stack and a checkpoint")
    names = commands.add_parser("map", help="suggest which name of LEFT is which of RIGHT")
    for command in (diff, names):
        command.add_argument("left", type=Path, metavar="LEFT", help="a checkpoint or a stack file")
        command.add_argument("right", type=Path, metavar="RIGHT", help="the same")
        text = "run the code of custom layers; it can do anything that you can"
        command.add_argument("--trust-code", action="store_true", help=text)
    names.add_argument("-o", "--output", type=Path, metavar="MAP.json", help="write the map")
    names.add_argument(
        "--saver",
        type=Path,
        metavar="OUT.py",
        help="write it as tf.train.Saver, for a checkpoint LEFT and a graph with RIGHT's names",
    )
    names.add_argument(
        "--init", type=Path, metavar="OUT.py", help="the same as tf.train.init_from_checkpoint"
    )
    rules = names.add_argument_group("rules that make a name of RIGHT of one of LEFT, repeatable")
    for kind, text in _RULES.items():
        rules.add_argument(f"--{kind}", action="append", default=[], metavar="OLD=NEW", help=text)
    rename = commands.add_parser("rename", help="write a checkpoint under other names, verified")
    rename.add_argument("prefix", type=Path, help="the checkpoint")
    rename.add_argument("--map", type=Path, required=True, metavar="MAP.json", help="the names")
    rename.add_argument("--to", type=Path, required=True, metavar="PREFIX", help="the new one")
    for command in (inspect, diff, names, rename):
        command.add_argument("--json", action="store_true", help="print the report as JSON")


def answer(options: argparse.Namespace, trusted: Trusted) -> Answer:
    """Return the answer of a command.

    Args:
        options: What was parsed.
        trusted: Says which of a stack's code may be run.

    Raises:
        CommandError: What is wrong, in one line.
    """
    from core.devices import DeviceError

    try:
        return COMMANDS[options.command](options, trusted)
    except (CheckpointError, DeviceError, RuleError) as error:
        raise CommandError(" ".join(str(error).split())) from error


def _inspect(options: argparse.Namespace, _: Trusted) -> Answer:
    from core.checkpoint_reader import Checkpoint
    from core.checkpoint_report import inspect_json, inspect_lines, values_json, values_lines
    from core.graph_runner import GraphRunner

    with (
        closing(GraphRunner()) as runner,
        closing(Checkpoint(options.prefix, runner)) as checkpoint,
    ):
        if options.values is None:
            report, lines = inspect_json(checkpoint), inspect_lines(checkpoint, options.all)
            if options.stack is not None:
                proposed, told = _propose(checkpoint, options.stack)
                report, lines = report | {"stack": proposed}, [*lines, "", *told]
        elif options.values in checkpoint.tensors:
            report = values_json(checkpoint, options.values)
            lines = values_lines(report)
        else:
            raise CommandError(f'{checkpoint.label} has no "{printable(options.values)}"')
        return Answer(_output(options, report, lines), checkpoint.file.notes)


def _propose(checkpoint: Any, path: Path) -> tuple[dict[str, Any], list[str]]:
    """Write the stack that would create a checkpoint's variables; return the report on it."""
    from core.devices import Target, list_devices
    from core.proposal_report import proposal_json, proposal_lines
    from core.stack_proposal import propose
    from core.undrawn import undrawn

    build = undrawn(list_devices(Target()))
    proposal = propose(checkpoint, checkpoint.file.prefix.name, build)
    _write(dumps(proposal.stack), path)
    return proposal_json(proposal), [*proposal_lines(proposal), f"wrote {path}"]


def _diff(options: argparse.Namespace, trusted: Trusted) -> Answer:
    from core.checkpoint_report import diff_json, diff_lines, restore_lines
    from core.checkpoint_side import compare_sides, refusals

    with _sides(options, trusted) as both:
        found, check = compare_sides(*both)
        lines = diff_lines(found) if check is None else restore_lines(check)
        refused = refusals(*both)
        return Answer(_output(options, diff_json(found, check), lines), refused, bool(refused))


def _map(options: argparse.Namespace, trusted: Trusted) -> Answer:
    from core.checkpoint_report import map_lines
    from core.checkpoint_side import refusals
    from core.map_file import map_json
    from core.name_map import init_from_checkpoint_code, saver_code
    from core.name_mapping import NameMapping
    from core.name_suggestions import suggest

    rules = [read_rule(kind, text) for kind in RuleKind for text in getattr(options, kind)]
    with _sides(options, trusted) as (left, right):
        found = suggest(left.tensors, right.tensors, rules)
        report = map_json(NameMapping(left.tensors, right.tensors).with_suggestions(found))
        lines = map_lines(found, left.tensors, right.tensors)
        refused = refusals(left, right)
    _write(json.dumps(report, indent=2) + "\n", options.output)
    _write(saver_code(found.map), options.saver)
    _write(init_from_checkpoint_code(found.map), options.init)
    return Answer(_output(options, report, lines), refused, bool(refused))


def _rename(options: argparse.Namespace, _: Trusted) -> Answer:
    from core.checkpoint_reader import Checkpoint
    from core.checkpoint_rename import rename
    from core.checkpoint_report import rename_json, rename_lines
    from core.graph_runner import GraphRunner
    from core.map_file import load_map

    try:
        wanted = load_map(options.map)
    except DocumentError as error:
        raise CommandError(f"{options.map}: {error}") from error
    with (
        closing(GraphRunner()) as runner,
        closing(Checkpoint(options.prefix, runner)) as checkpoint,
    ):
        found = rename(checkpoint, wanted.names, options.to, wanted.steps)
        return Answer(
            _output(options, rename_json(found), rename_lines(found)), checkpoint.file.notes
        )


@contextlib.contextmanager
def _sides(options: argparse.Namespace, trusted: Trusted) -> Iterator[tuple[Any, Any]]:
    """Open what LEFT and RIGHT are."""
    from core.checkpoint_side import checkpoint_side, is_stack_file, stack_side
    from core.graph_runner import GraphRunner

    with contextlib.ExitStack() as opened:
        runner = opened.enter_context(closing(GraphRunner()))

        def side(path: Path) -> Any:
            if not is_stack_file(path):
                return opened.enter_context(closing(checkpoint_side(path, runner)))
            try:
                stack = load(path)
            except DocumentError as error:
                raise CommandError(f"{path}: {error}") from error
            # What a custom layer's code prints doesn't belong into the report.
            with contextlib.redirect_stdout(sys.stderr):
                return stack_side(stack, path, trusted(stack, path))

        yield side(options.left), side(options.right)


def _output(options: argparse.Namespace, report: Mapping[str, Any], lines: list[str]) -> str:
    return json.dumps(report, allow_nan=False) if options.json else "\n".join(lines)


def _write(text: str, path: Path | None) -> None:
    if path is None:
        return
    try:
        write_text(path, text)
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror}") from error


COMMANDS = {"inspect": _inspect, "diff": _diff, "map": _map, "rename": _rename}
