"""A plan as a Python program that needs TensorFlow and tf-keras, and nothing of Layerscope."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from core.atomic import write_text
from core.custom_code import lines_of
from core.expression import Call, Name, source
from core.part_plan import part_plan
from core.plan import (
    Block,
    Function,
    Impossible,
    Plan,
    Remark,
    Statement,
    Step,
    Unpacking,
    functions_used,
    plan,
)
from core.progress import OnProgress, ignore_progress
from core.script_lines import Script
from core.stack import Stack
from core.straight_line import StraightLine, straight_line
from core.twin_sources import TwinSources

if TYPE_CHECKING:
    from core.graph import BuiltGraph

_INDENT = " " * 4
_MODULE = "manual"
_HEAD = """\
\"\"\"{title}

Needs tensorflow {tensorflow} and tf-keras {tf_keras}.
\"\"\"
"""
_ENVIRONMENT = """\
# Keras 3 has no tf.layers; tf-keras has. To be said before TensorFlow is imported.
os.environ["TF_USE_LEGACY_KERAS"] = "1"

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
"""
_INITIALIZATION = """\
# For the devices, tf-keras asks a session that would initialize all variables, with ops of its own.
tf.keras.backend.manual_variable_initialization(True)
"""
# The functions that have it asked, where the channels come first.
_ASKING = frozenset(
    f"tf.layers.{name}" for name in ("conv2d_transpose", "max_pooling1d", "average_pooling1d")
)


class ScriptError(Exception):
    """A script can't be written to its file; the text says why."""


def write_script(written: Script, path: Path) -> None:
    """Write a script into a file. Raises ScriptError."""
    try:
        write_text(path, written.text)
    except OSError as error:
        raise ScriptError(f"{path.name} can't be written: {error.strerror or error}") from error


def part_script(
    graph: "BuiltGraph",
    ids: tuple[str, ...],
    construction: str | None = None,
    trusted: Container[str] = (),
) -> Script:
    """Return the program that builds some layers of a stack alone; see `part_plan`."""
    stack = graph.built.stack
    nodes = [stack.node(found) for found in ids]
    name = f"{', '.join(node.name or node.kind for node in nodes)} of {stack.name}"
    straight = straight_line(part_plan(graph, ids, construction), trusted)
    return printed(name, straight, _refused_among(graph, ids))


def _refused_among(graph: "BuiltGraph", ids: tuple[str, ...]) -> str | None:
    refusal = graph.built.refusal
    among = {node.id for node in graph.built.stack.inside(ids)}
    return refusal.origin if refusal is not None and refusal.origin in among else None


def script(
    stack: Stack,
    trusted: Container[str] = (),
    on_progress: OnProgress = ignore_progress,
    refused: str | None = None,
) -> Script:
    """Return the program that builds a stack, with its manual layers as single calls.

    Args:
        stack: What the program is to build; it is built to see what the layers do.
        trusted: The digests of custom layers' code that may be run.
        on_progress: Called between layers; what it raises ends it.
        refused: Id of the node that a build of the stack was refused at, where there was one.
    """
    straight = straight_line(plan(stack), trusted, on_progress)
    return printed(f"{stack.name}: a stack of layers", straight, refused)


def printed(name: str, straight: StraightLine, refused: str | None = None) -> Script:
    """Return a plan as a program.

    Args:
        name: What it is called at its head.
        straight: The plan.
        refused: Id of the node that TensorFlow refused, where no step of the plan shows it.
    """
    planned = straight.plan
    lines = [_Line(line) for line in _preamble(name, planned.steps)]
    lines += _definitions(planned, straight)
    lines += _printed(planned.steps, "", straight.refused)
    marked = {at for at, line in enumerate(lines) if line.refused}
    if not marked and refused is not None:
        marked = {at for at, line in enumerate(lines) if line.origin == refused}
    return Script(
        tuple(line.text for line in lines),
        tuple(line.origin for line in lines),
        frozenset(marked),
        straight.whole,
    )


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    origin: str | None = None
    refused: bool = False


def _preamble(name: str, steps: tuple[Step, ...]) -> Iterator[str]:
    paths = list(functions_used(steps))
    names = [path.partition(".")[2] for path in paths if _is_manual(path)]
    twins = TwinSources(dict.fromkeys(names))
    title = " ".join(name.replace("\\", "/").replace('"', "'").split())
    versions = {"tensorflow": version("tensorflow"), "tf_keras": version("tf-keras")}
    yield from _HEAD.format(title=f"{title}.", **versions).splitlines()
    yield from ("", *twins.imports(), "")
    yield from _ENVIRONMENT.splitlines()
    if not _ASKING.isdisjoint(paths):
        yield from _INITIALIZATION.splitlines()
    for text in twins.sources():
        yield from ("", "", *text.splitlines())
    if twins.names:
        members = tuple((name, Name(name)) for name in twins.names)
        namespace = Call(Name("SimpleNamespace"), keywords=members)
        yield from ("", "", *source(namespace, prefix=f"{_MODULE} = ").splitlines())
    yield ""


def _definitions(planned: Plan, straight: StraightLine) -> Iterator[_Line]:
    """Yield the lines of the functions that a person wrote, as they are written."""
    if planned.definitions:
        yield _Line("get_variable = tf.get_variable")
    refused = set(functions_used([straight.refused])) if straight.refused else set()
    for definition in planned.definitions:
        yield from (_Line(""), _Line(""))
        at_fault = straight.line if definition.name in refused else None
        for number, line in enumerate(lines_of(definition.code), 1):
            yield _Line(line, definition.origin, number == at_fault)
    if planned.definitions:
        yield from (_Line(""), _Line(""))


def _is_manual(path: str) -> bool:
    return path.startswith(f"{_MODULE}.")


def _printed(steps: Iterable[Step], indent: str, refused: Step | None) -> Iterator[_Line]:
    before: Step | None = None
    for step in steps:
        if before is not None and _stands_apart(before, step):
            yield _Line("")
        before = step
        for line in _text(step, indent).splitlines():
            yield _Line(line, step.origin, _is_same(step, refused))
        match step:
            case Block(steps=within):
                yield from _printed(within, indent + _INDENT, refused)
            case Function(origin=origin, steps=within, result=result):
                inner = indent + _INDENT
                yield from _printed(within, inner, refused) if within else ()
                for line in source(result, inner, "return ").splitlines():
                    yield _Line(line, origin)
    if before is None and indent:
        yield _Line(f"{indent}pass")


def _is_same(step: Step, refused: Step | None) -> bool:
    """Tell whether a step is that one; what is in a block may have been written anew."""
    if isinstance(step, Block) and isinstance(refused, Block):
        return step.call is refused.call
    return step is refused


def _stands_apart(before: Step, step: Step) -> bool:
    """Tell whether an empty line stands between two steps: around functions and long layers."""
    if isinstance(before, Function) or isinstance(step, Function):
        return True
    several = isinstance(before, Block | Remark) or isinstance(step, Block | Remark)
    return several and before.origin != step.origin


def _text(step: Step, indent: str) -> str:
    match step:
        case Statement(target=target, call=call):
            return source(call, indent, "" if target is None else f"{target} = ")
        case Unpacking(targets=targets, call=call):
            return source(call, indent, f"{', '.join(targets)} = ")
        case Function(name=name, parameters=parameters):
            return f"{indent}def {name}({', '.join(parameters)}):"
        case Block(call=call):
            return source(call, indent, "with ", ":")
        case Remark(text=text):
            return f"{indent}# {text}"
        case Impossible(sentence=sentence):
            return f"{indent}raise ValueError({sentence!r})"
