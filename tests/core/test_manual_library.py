"""The twins as a whole: their signatures, and sources that a script can paste."""

import ast
import inspect
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from core import manual
from core.tf1 import tf
from tests.core.test_manual_comparison import assert_same, random_array

MODULES = sorted(Path(manual.__file__).parent.glob("*.py"))
PASTED = [path for path in MODULES if path.name != "__init__.py"]


TWINS = sorted(name for name in dir(tf.layers) if inspect.isfunction(getattr(tf.layers, name)))


def test_every_function_of_tf_layers_has_a_twin() -> None:
    assert len(TWINS) == 17
    assert set(TWINS) <= set(manual.__all__)


@pytest.mark.parametrize("name", TWINS)
def test_signature_is_that_of_tf_layers(name: str) -> None:
    theirs = inspect.signature(getattr(tf.layers, name)).parameters
    ours = dict(inspect.signature(getattr(manual, name)).parameters)
    variables = ours.pop("variables", None)
    assert variables is None or variables.kind is inspect.Parameter.KEYWORD_ONLY
    assert list(ours) == list(theirs)
    for argument, parameter in theirs.items():
        default = ours[argument].default
        assert default == parameter.default or type(default) is type(parameter.default), argument


@pytest.mark.parametrize(
    "name", [name for name in TWINS if "pool" in name] + ["flatten", "dropout"]
)
def test_layer_without_variables_uses_up_its_name(name: str) -> None:
    """Such a layer takes the next free scope even under its own name; then so does the dense."""
    arguments = {"pool_size": 1, "strides": 1} if "pool" in name else {}

    def network(layers: Any, x: Any) -> Any:
        first = getattr(layers, name)(x, name="dense", **arguments)
        second = getattr(layers, name)(x, name="dense", **arguments)
        return [first, second, layers.dense(x, 2)]

    rank = 2 + int(name[-2]) if "pool" in name else 4
    assert_same(network, random_array(*[2] * (rank - 1), 3))


def test_no_name_is_defined_twice() -> None:
    names = Counter(
        target
        for path in PASTED
        for node in ast.parse(path.read_text()).body
        for target in defined_names(node)
    )
    assert [name for name, count in names.items() if count > 1] == []


def defined_names(node: ast.stmt) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


@pytest.mark.parametrize("path", PASTED, ids=lambda path: path.stem)
def test_module_holds_only_what_can_be_pasted(path: Path) -> None:
    tree = ast.parse(path.read_text())
    allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign)
    assert isinstance(tree.body[0], ast.Expr)  # the docstring
    assert [node for node in tree.body[1:] if not isinstance(node, allowed)] == []
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert set(imports) <= set(tree.body)
    assert [alias.asname for node in imports for alias in node.names if alias.asname] == []
