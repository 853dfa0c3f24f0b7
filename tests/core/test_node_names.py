"""Tests what nodes are called where one is to be chosen."""

from core.node_names import before_text, path_text
from core.stack import Layer, Scope, Stack


def test_a_path_tells_nodes_without_a_name_apart():
    inputs = Layer("a", "input"), Layer("b", "input")
    inner = Scope("s", "net", nodes=(Layer("c", "dense", "fc"), Layer("d", "dense")))
    stack = Stack(nodes=(*inputs, inner, Scope("t", nodes=(Layer("e", "flatten", "f"),))))
    texts = [path_text(stack, node) for node in stack.walk()]
    assert texts == [
        *("input (row 1)", "input (row 2)"),
        *("net", "net/fc", "net/dense (row 2)"),
        *("scope (row 4)", "scope (row 4)/f"),
    ]
    given = {"d": "dense_1", "t": "enc"}
    texts = [path_text(stack, stack.node(found), given) for found in ("d", "e", "c", "a")]
    assert texts == ["net/dense_1", "enc/f", "net/fc", "input (row 1)"]
    assert before_text(stack, "c") == "the layer before: input (row 2)"
    assert before_text(stack, "a") == "the layer before"
