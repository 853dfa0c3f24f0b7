"""The twins once more, with a hook at each step of theirs that can touch TensorFlow.

The text is that of the twins; each call, operator, item, attribute, `with` and name of `tf` in it
goes through the hooks. What the twins do is the same, and whoever has set the hooks sees it done.
"""

import ast
import functools
from types import SimpleNamespace
from typing import Any, Protocol

from core.twin_sources import TwinSources

_FILE = "<traced twins>"
_HOOKS = "traced_"
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


class Hooks(Protocol):
    """What sees the steps of the twins, and does them."""

    def call(self, function: Any, /, *positional: Any, **keywords: Any) -> Any:
        """Call a function."""

    def operation(self, sign: str, left: Any, right: Any) -> Any:
        """Apply an operator."""

    def item(self, value: Any, index: Any) -> Any:
        """Return an item or a part of a value."""

    def attribute(self, value: Any, name: str) -> Any:
        """Return an attribute of a value."""

    def name(self, path: str) -> Any:
        """Return what a dotted name stands for, such as `tf.nn.relu`."""

    def named(self, name: str, value: Any) -> Any:
        """Return a value that a twin gives a name."""

    def unpacked(self, names: tuple[str, ...], value: Any) -> Any:
        """Return a value whose items a twin gives names."""

    def block(self, context: Any) -> Any:
        """Return what a `with` statement opens."""

    def items(self, value: Any) -> Any:
        """Return what a loop goes through."""


class TracedTwins:
    """The twins with their hooks.

    Attributes:
        manual: Stands for `core.manual`.
        hooks: Who sees the steps; to be set before a twin is called.
    """

    def __init__(self, hooks: Hooks) -> None:
        """Define the twins; these hooks see their constants made."""
        from core import manual

        sources = TwinSources(manual.__all__)
        tree = ast.parse("\n".join((*sources.imports(), *sources.sources())))
        traced = ast.fix_missing_locations(_Tracer().visit(tree))
        self.hooks = hooks
        self._namespace: dict[str, Any] = {_HOOKS: self, "tf": None}
        # Annotations speak of tf, and nothing else does without a hook.
        from core.tf1 import tf

        self._namespace["tf"] = tf
        exec(compile(traced, _FILE, "exec"), self._namespace)
        self.manual = SimpleNamespace(**{name: self._namespace[name] for name in manual.__all__})

    def __getattr__(self, name: str) -> Any:
        return getattr(self.hooks, name)

    def has(self, function: Any) -> bool:
        """Tell whether a function is one of the twins', or was made by one."""
        return getattr(function, "__globals__", None) is self._namespace


class _Tracer(ast.NodeTransformer):
    """Puts the hooks in."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.args.defaults = [self.visit(default) for default in node.args.defaults]
        node.args.kw_defaults = [
            default and self.visit(default) for default in node.args.kw_defaults
        ]
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.value = node.value and self.visit(node.value)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        node.value = self.visit(node.value)
        node.targets = [self.visit(target) for target in node.targets]
        match node.targets:
            case [ast.Name(id=name)]:
                node.value = _hook("named", ast.Constant(name), node.value)
            case [ast.Tuple(elts=parts)] if all(isinstance(part, ast.Name) for part in parts):
                names = [ast.Constant(part.id) for part in parts if isinstance(part, ast.Name)]
                node.value = _hook("unpacked", ast.Tuple(list(names), ast.Load()), node.value)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        if not isinstance(node.target, ast.Name):
            return self.generic_visit(node)
        value = ast.BinOp(ast.Name(node.target.id, ast.Load()), node.op, node.value)
        return self.visit_Assign(ast.copy_location(ast.Assign([node.target], value), node))

    def visit_With(self, node: ast.With) -> ast.AST:
        self.generic_visit(node)
        for item in node.items:
            item.context_expr = _hook("block", item.context_expr)
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        node.iter = _hook("items", node.iter)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        sign = _OPERATORS.get(type(node.op))
        return (
            node if sign is None else _hook("operation", ast.Constant(sign), node.left, node.right)
        )

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        return _hook("item", node.value, node.slice) if isinstance(node.ctx, ast.Load) else node

    def visit_Slice(self, node: ast.Slice) -> ast.AST:
        self.generic_visit(node)
        bounds = [bound or ast.Constant(None) for bound in (node.lower, node.upper, node.step)]
        return ast.Call(ast.Name("slice", ast.Load()), bounds, [])

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        path = _dotted(node)
        if path is not None:
            return _hook("name", ast.Constant(path))
        self.generic_visit(node)
        loads = isinstance(node.ctx, ast.Load)
        return _hook("attribute", node.value, ast.Constant(node.attr)) if loads else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        call = _hook("call", node.func, *node.args)
        call.keywords = node.keywords
        return call


def _hook(name: str, *arguments: ast.expr) -> ast.Call:
    hooks = ast.Name(_HOOKS, ast.Load())
    return ast.Call(ast.Attribute(hooks, name, ast.Load()), list(arguments), [])


def _dotted(node: ast.expr) -> str | None:
    """Return the path of a dotted name that begins with `tf`."""
    match node:
        case ast.Attribute(value=ast.Name(id="tf"), attr=name):
            return f"tf.{name}"
        case ast.Attribute(value=ast.Attribute() as value, attr=name):
            path = _dotted(value)
            return None if path is None else f"{path}.{name}"
    return None


@functools.cache
def lookup(path: str) -> Any:
    """Return what a dotted name that begins with `tf` stands for."""
    from core.tf1 import tf

    return functools.reduce(getattr, path.split(".")[1:], tf)
