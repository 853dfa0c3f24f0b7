"""A plan as a Python program that needs TensorFlow and tf-keras, and nothing of Layerscope."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version

from core.custom_code import lines_of
from core.expression import Call, Name, source
from core.plan import Block, Impossible, Plan, Statement, Step, functions_used, plan
from core.stack import Stack
from core.twin_sources import TwinSources

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


@dataclass(frozen=True, slots=True)
class Script:
    """A program, and for each of its lines the id of the node it comes from, if any."""

    lines: tuple[str, ...]
    origins: tuple[str | None, ...]

    @property
    def text(self) -> str:
        """The program as one text."""
        return "\n".join(self.lines) + "\n"


def script(stack: Stack) -> Script:
    """Return the program that builds a stack as the builder does."""
    planned = plan(stack)
    lines: list[tuple[str, str | None]] = [(line, None) for line in _preamble(stack, planned.steps)]
    lines += _definitions(planned)
    lines += _printed(planned.steps, "")
    return Script(tuple(text for text, _ in lines), tuple(origin for _, origin in lines))


def _preamble(stack: Stack, steps: tuple[Step, ...]) -> Iterator[str]:
    paths = list(functions_used(steps))
    names = [path.partition(".")[2] for path in paths if _is_manual(path)]
    twins = TwinSources(dict.fromkeys(names))
    title = " ".join(stack.name.replace("\\", "/").replace('"', "'").split()) or "untitled"
    versions = {"tensorflow": version("tensorflow"), "tf_keras": version("tf-keras")}
    yield from _HEAD.format(title=f"{title}: a stack of layers.", **versions).splitlines()
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


def _definitions(planned: Plan) -> Iterator[tuple[str, str | None]]:
    """Yield the lines of the functions that a person wrote, as they are written."""
    if planned.definitions:
        yield "get_variable = tf.get_variable", None
    for definition in planned.definitions:
        yield from (("", None), ("", None))
        for line in lines_of(definition.code):
            yield line, definition.origin
    if planned.definitions:
        yield from (("", None), ("", None))


def _is_manual(path: str) -> bool:
    return path.startswith(f"{_MODULE}.")


def _printed(steps: Iterable[Step], indent: str) -> Iterator[tuple[str, str | None]]:
    empty = True
    for step in steps:
        empty = False
        match step:
            case Statement(origin, target, call):
                prefix = "" if target is None else f"{target} = "
                text = source(call, indent, prefix)
            case Block(origin, call, _):
                text = source(call, indent, "with ", ":")
            case Impossible(origin, sentence):
                text = f"{indent}raise ValueError({sentence!r})"
        for line in text.splitlines():
            yield line, origin
        if isinstance(step, Block):
            yield from _printed(step.steps, indent + _INDENT)
    if empty and indent:
        yield f"{indent}pass", None
