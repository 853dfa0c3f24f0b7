"""The code of custom layers: one Python function, checked and read without being run."""

import ast
import hashlib
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any

from core.arguments import ValueRefusedError, show
from core.expression import Expression, Literal
from core.stack import Layer, Stack, Value

KIND = "custom"
FIRST_CODE = """\
def custom(inputs):
    scale = get_variable("scale", [], initializer=tf.initializers.ones())
    return inputs * scale
"""
_FILE = "<code of "


@dataclass(frozen=True, slots=True)
class Code:
    """The text of one Python function."""

    def check(self, value: Value) -> None:
        """Raise ValueRefusedError unless `value` is such a text; its sentence names the line."""
        if not isinstance(value, str):
            raise ValueRefusedError(f"must be a text, not {show(value)}")
        _function(value)

    def expression(self, value: Value) -> Expression:
        """Return the text."""
        assert isinstance(value, str)
        return Literal(value)


def function_name(code: str) -> str:
    """Return the name of the function that checked code defines."""
    return _function(code).name


def renamed(code: str, name: str) -> str:
    """Return checked code with its function under another name."""
    function = _function(code)
    lines = code.splitlines(keepends=True)
    # What ast counts are the bytes of a line.
    line = lines[function.lineno - 1].encode()
    behind = line[function.col_offset :].decode().replace(function.name, name, 1)
    lines[function.lineno - 1] = line[: function.col_offset].decode() + behind
    return "".join(lines)


def digest(code: str) -> str:
    """Return what a text of code is known by, however long it is."""
    return hashlib.sha256(code.encode()).hexdigest()


def custom_layers(stack: Stack) -> Iterator[tuple[Layer, str]]:
    """Yield the layers of a stack that hold code, and the code."""
    for layer in stack.layers():
        code = layer.arguments.get("code")
        if layer.kind == KIND and isinstance(code, str):
            yield layer, code


def digests(stack: Stack) -> frozenset[str]:
    """Return the digests of all code in a stack."""
    return frozenset(digest(code) for _, code in custom_layers(stack))


def define(code: str, file: str, namespace: dict[str, Any]) -> None:
    """Run the definition of checked code in a namespace; the function itself isn't called."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        compiled = compile(code, file, "exec")
    exec(compiled, namespace)


def file_name(function: str) -> str:
    """Return what Python calls the file that a function's code comes from."""
    return f"{_FILE}{function}>"


def line_of(error: BaseException) -> int | None:
    """Return the last line of such a file that an error came through, None where there is none."""
    if isinstance(error, SyntaxError) and (error.filename or "").startswith(_FILE):
        return error.lineno
    line: int | None = None
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith(_FILE):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


@contextmanager
def watched(file: str, check: Callable[[], None]) -> Iterator[None]:
    """Call `check` before each line of a file that runs in this thread; it may raise.

    So a loop without an end can be cancelled.
    """

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != file:
            return None
        check()
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


def _function(code: str) -> ast.FunctionDef:
    """Return the one function that code defines. Raises ValueRefusedError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            body = ast.parse(code).body
    except SyntaxError as error:
        where = f"line {error.lineno}: " if error.lineno else ""
        raise ValueRefusedError(f"{where}{error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ValueRefusedError("this is no Python that can be read") from error
    match body:
        # What stands there is run when the function is defined, and an input takes its place.
        case [ast.FunctionDef(decorator_list=[_, *_])]:
            raise ValueRefusedError("line 1: the function can't have decorators")
        case [ast.FunctionDef(args=arguments)] if arguments.defaults or arguments.kw_defaults:
            raise ValueRefusedError(
                f"line {body[0].lineno}: the parameters are the inputs, so they have no defaults"
            )
        case [ast.FunctionDef() as function]:
            return function
        case [ast.FunctionDef(), other, *_]:
            raise ValueRefusedError(
                f"line {other.lineno}: write one function and nothing beside it"
            )
        case [other, *_]:
            raise ValueRefusedError(f"line {other.lineno}: this must be a function: def ...")
    raise ValueRefusedError("write a function, such as: def custom(inputs): return 2 * inputs")
