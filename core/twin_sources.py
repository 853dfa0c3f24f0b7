"""The source text of the twins, so that a script can carry them along."""

import ast
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources

# A module of the standard library, and what is imported from it; None for the module itself.
_Import = tuple[str, str | None]


class TwinSources:
    """The source of twins, with all that they use.

    Attributes:
        names: The twins that were asked for.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self._needed: dict[str, None] = {}
        for name in self.names:
            self._need(name)

    def sources(self) -> Iterator[str]:
        """Yield the source of each definition, those that others use first."""
        definitions = _definitions()
        for name in self._needed:
            yield definitions[name].source

    def imports(self) -> Iterator[str]:
        """Yield the import statements that a script with these sources needs."""
        modules: dict[str, set[str]] = {"os": set()}
        if self._needed:
            modules["types"] = {"SimpleNamespace"}
        for name in self._needed:
            for module, member in _definitions()[name].imports:
                modules.setdefault(module, set()).update({member} if member else ())
        for module in sorted(module for module, members in modules.items() if not members):
            yield f"import {module}"
        for module, members in sorted(modules.items()):
            if members:
                yield f"from {module} import {', '.join(sorted(members))}"

    def _need(self, name: str) -> None:
        if name in self._needed:
            return
        for used in _definitions()[name].uses:
            self._need(used)
        self._needed[name] = None


@dataclass(frozen=True, slots=True)
class _Definition:
    """One function, class or constant of the twins' modules."""

    source: str
    uses: tuple[str, ...]
    imports: tuple[_Import, ...]


def names_in_use() -> frozenset[str]:
    """Return all names that the twins' modules define or import: a script must not take them."""
    definitions = _definitions()
    imported = {
        member or module for found in definitions.values() for module, member in found.imports
    }
    return frozenset({*definitions, *imported})


@functools.cache
def _definitions() -> dict[str, _Definition]:
    """Read what the modules of `core.manual` define, without importing them."""
    found: dict[str, tuple[str, ast.stmt, dict[str, _Import]]] = {}
    folder = resources.files("core").joinpath("manual")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".py"):
            text = file.read_text(encoding="utf-8")
            body = ast.parse(text).body
            imports = dict(_standard_imports(body))
            for statement in body:
                for name in _defined(statement):
                    found[name] = text, statement, imports
    return {name: _definition(*parts, found.keys()) for name, parts in found.items()}


def _definition(
    text: str, statement: ast.stmt, imports: dict[str, _Import], known: Iterable[str]
) -> _Definition:
    names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    names -= {*_defined(statement), *_local(statement)}
    decorators = getattr(statement, "decorator_list", [])
    first = min(node.lineno for node in (statement, *decorators))
    lines = text.splitlines()[first - 1 : statement.end_lineno]
    return _Definition(
        source="\n".join(lines),
        uses=tuple(name for name in known if name in names),
        imports=tuple(found for name, found in imports.items() if name in names),
    )


def _defined(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            if not name.startswith("__"):
                yield name


def _local(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that are a function's own, so that they stand for nothing of its module."""
    for node in ast.walk(statement) if isinstance(statement, ast.FunctionDef) else ():
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name


def _standard_imports(body: list[ast.stmt]) -> Iterator[tuple[str, _Import]]:
    """Yield the names that a module imports from the standard library, and from where."""
    for statement in body:
        match statement:
            case ast.Import(names=names):
                for alias in names:
                    yield alias.name, (alias.name, None)
            case ast.ImportFrom(module=str(module), names=names) if not module.startswith("core"):
                for alias in names:
                    yield alias.name, (module, alias.name)
