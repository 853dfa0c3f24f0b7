"""The code of custom layers: one Python function, checked and read without being run."""

import ast
import hashlib
import linecache
import re
import symtable
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
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
_LINE_END = re.compile(r"\r\n|\r|\n")
_PLACE = re.compile(r"line (\d+): ")
_HEAD = re.compile(r"def[\s\\]+(\w+)")


class UntrustedCodeError(Exception):
    """Code of a stack was not run, as nobody has said that it may be."""

    def __init__(self) -> None:
        super().__init__("this code comes from elsewhere and was not run; read it, then trust it")


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


def line_in(sentence: str) -> int | None:
    """Return the line that a sentence of `Code.check` begins with, None where it names none."""
    found = _PLACE.match(sentence)
    return int(found[1]) if found else None


def function_name(code: str) -> str:
    """Return the name of the function that checked code defines."""
    return _function(code).name


def renamed(code: str, name: str) -> str:
    """Return checked code with its function under another name, also where it calls itself."""
    function = _function(code)
    lines = lines_of(code)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)

    def place(line: int, column: int) -> int:
        # What ast counts are the bytes of a line.
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    text = "\n".join(lines)
    head = _HEAD.match(text, place(function.lineno, function.col_offset))
    assert head is not None
    spans = [head.span(1)]
    if not _binds_again(_symbols(text), function.name):
        spans += [
            (place(found.lineno, found.col_offset), place(found.lineno, _end(found)))
            for found in ast.walk(function)
            if isinstance(found, ast.Name) and found.id == function.name
        ]
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + name + text[end:]
    return text


def lines_of(code: str) -> list[str]:
    """Return the lines of code as Python counts them, without empty ones at the end."""
    return _LINE_END.split(code.rstrip("\r\n"))


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
    with _silence():
        compiled = compile(code, file, "exec")
    # AutoGraph reads the source of a tf.function, as it could in a script.
    linecache.cache[file] = len(code), None, [f"{line}\n" for line in lines_of(code)], file
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


def runs_in(thread: threading.Thread) -> bool:
    """Tell whether code from such a file runs in a thread, or waits there for something."""
    frame = sys._current_frames().get(thread.ident or 0)
    while frame is not None:
        if frame.f_code.co_filename.startswith(_FILE):
            return True
        frame = frame.f_back
    return False


@lru_cache(maxsize=1024)
def _function(code: str) -> ast.FunctionDef:
    """Return the one function that code defines. Raises ValueRefusedError."""
    try:
        with _silence():
            body = ast.parse(code).body
            # Finds what is no syntax in the strict sense: a break outside a loop.
            compile(code, _FILE, "exec")
    except SyntaxError as error:
        where = f"line {error.lineno}: " if error.lineno else ""
        raise ValueRefusedError(f"{where}{error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ValueRefusedError("this is no Python that can be read") from error
    match body:
        # What stands there is run when the function is defined, and an input takes its place.
        case [ast.FunctionDef(decorator_list=[first, *_])]:
            raise _refused(first, "the function can't have decorators")
        case [ast.FunctionDef(args=arguments)] if arguments.defaults or arguments.kw_defaults:
            raise _refused(body[0], "the parameters are the inputs, so they have no defaults")
        case [ast.FunctionDef() as function]:
            return function
        case [ast.FunctionDef(), other, *_]:
            raise _refused(other, "write one function and nothing beside it")
        case [other, *_]:
            raise _refused(other, "this must be a function: def ...")
    raise ValueRefusedError("write a function, such as: def custom(inputs): return 2 * inputs")


def _refused(where: ast.stmt | ast.expr, sentence: str) -> ValueRefusedError:
    return ValueRefusedError(f"line {where.lineno}: {sentence}")


@contextmanager
def _silence() -> Iterator[None]:
    """Have Python say nothing of code that it takes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _symbols(code: str) -> symtable.SymbolTable:
    with _silence():
        return symtable.symtable(code, _FILE, "exec")


def _binds_again(table: symtable.SymbolTable, name: str) -> bool:
    """Tell whether a name means something else anywhere inside a table's functions."""
    for inner in table.get_children():
        if name in inner.get_identifiers():
            symbol = inner.lookup(name)
            if symbol.is_local() or symbol.is_declared_global():
                return True
        if _binds_again(inner, name):
            return True
    return False


def _end(found: ast.expr) -> int:
    assert found.end_col_offset is not None
    return found.end_col_offset
