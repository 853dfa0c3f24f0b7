"""Parcels: what is packed comes out again, and anything odd is refused in a sentence."""

import json

import pytest
from hypothesis import given

from core import document
from core.json_file import DocumentError
from core.parcel import Parcel, dumps, loads
from core.stack import Layer, Stack
from tests.random_stacks import stacks

LAYER = Layer("a", "flatten", "a", "layers")
CONTENT = json.loads(dumps(Parcel((LAYER,), "token")))


@given(stacks().filter(lambda stack: stack.nodes))
def test_a_parcel_comes_out_as_it_was_packed(stack):
    parcel = Parcel(stack.nodes, "token")
    assert loads(dumps(parcel).encode()) == parcel
    assert loads(dumps(parcel, indent=2).encode()) == parcel


def test_a_whole_stack_file_is_a_parcel_of_its_nodes():
    text = document.dumps(Stack(nodes=(LAYER,)))
    assert loads(text.encode()) == Parcel((LAYER,))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"format": "other"}, "holds no layers"),
        ({"version": 2}, "another version"),
        ({"version": True}, "another version"),
        ({"source": 1}, "does not belong"),
        ({"more": 1}, "does not belong"),
        ({"nodes": []}, "holds no layers"),
        ({"nodes": None}, "must be a list"),
        ({"nodes": [{"id": "a", "kind": "no such kind"}]}, "nodes"),
    ],
)
def test_an_odd_parcel_is_refused(changes, says):
    with pytest.raises(DocumentError, match=says):
        loads(json.dumps({**CONTENT, **changes}).encode())


@pytest.mark.parametrize(
    "content",
    [b"hello", b"[]", b"\xff", b"[" * 100_000, b'{"format": "x", "format": "layerscope-nodes"}'],
)
def test_what_is_no_parcel_is_refused(content):
    with pytest.raises(DocumentError, match="this holds no layers"):
        loads(content)
