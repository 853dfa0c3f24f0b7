"""Map files: strict reading, with the place of what is wrong."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.json_file import DocumentError
from core.map_file import load_map, map_json, mapping_of, read_map
from core.name_mapping import NameMapping, Problem
from core.name_suggestions import suggest
from core.named_tensors import BuiltTensors, TensorInfo, by_name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not JSON"),
        ("[]", r"must be an object, not \[\]"),
        ("{}", "map: is missing"),
        ('{"map": []}', "map: must be an object"),
        ('{"map": {"a": 1}}', r'map\["a"\]: must be a name, not 1'),
        ('{"map": {"a": ""}}', r'map\["a"\]: must be a name'),
        ('{"map": {"": "a"}}', r'map\[""\]: must be a name'),
        ('{"map": {"a": null}}', r'map\["a"\]: must be a name, not null'),
        ('{"map": {"a": "x", "b": "x"}}', r'map\["b"\]: "x" is already what "a" becomes'),
        ('{"map": {"a": "x", "a": "y"}}', 'has the key "a" twice'),
        ('{"map": {"a": "\\u0000x"}}', "can't be the name of a tensor"),
        ('{"map": {}, "names": {}}', "names: there is no such key"),
        ('{"map": {"a": "\\ud800"}}', "half a character"),
        ('{"map": {}, "steps": {"a": {}}}', r'steps\["a"\]: is not in the map'),
        ('{"map": {"a": "b"}, "steps": {"a": 1}}', r'steps\["a"\]: must be an object'),
        ('{"map": {"a": "b"}, "steps": {"a": {"step": "x"}}}', "must be one of: "),
        (
            '{"map": {"a": "b"}, "steps": {"a": {"step": "transposed", "shape": [-1]}}}',
            r'steps\["a"\].shape: must be a shape',
        ),
        ('{"map": {}, "suggestions": {}}', "suggestions: must be a list"),
        ('{"map": {}, "proposals": [{"left": "a"}]}', r"proposals\[0\].right: must be a name"),
        (
            '{"map": {}, "suggestions": [{"left": "a", "right": "b", "confidence": 2}]}',
            r"suggestions\[0\].confidence: must be from 0 to 1",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text, words):
    with pytest.raises(DocumentError, match=words):
        read_map(text)


def test_files_that_are_none(tmp_path):
    (tmp_path / "latin").write_bytes(b'{"map": {"\xff": "a"}}')
    for name, words in {"absent": "No such file", ".": "not a map file", "latin": "UTF-8"}.items():
        with pytest.raises(DocumentError, match=words):
            load_map(tmp_path / name)


_NAMES = st.lists(st.text("ab/_é\n", min_size=1), unique=True, max_size=5)


@given(_NAMES)
def test_what_is_suggested_is_read(names):
    side = BuiltTensors("side", by_name(TensorInfo(name, (), "float32") for name in names))
    mapping = NameMapping(side, side).with_suggestions(suggest(side, side))
    report = map_json(mapping)
    assert report.keys() >= {"map", "suggestions", "unmatched_left", "unmatched_right"}
    found = read_map(json.dumps(report))
    assert found.names == mapping.names == {name: name for name in names}
    again, lost = mapping_of(found, side, side)
    assert (map_json(again), lost) == (report, ())


def _side(**shapes):
    found = [TensorInfo(n.replace("__", "/"), s, "float32") for n, s in shapes.items()]
    return BuiltTensors("side", by_name(found))


def test_a_map_is_opened_as_it_was_saved():
    left = _side(a__k=(3, 4), a__b=(4,), c__k=(2, 2), d=(5,), e=(6,))
    right = _side(x__k=(4, 3), x__b=(4,), y__k=(1, 2, 2), z=(7,), w=(6,))
    mapping = NameMapping(left, right)
    for one, other in (("a/k", "x/k"), ("a/b", "x/b"), ("c/k", "y/k"), ("d", "z")):
        mapping = mapping.pair(one, other)
    mapping = mapping.accept(["x/k"])
    report = map_json(mapping)
    assert report["map"] == {"a/k": "x/k", "a/b": "x/b"}
    assert report["steps"] == {"a/k": {"step": "transposed", "shape": [4, 3]}}
    proposed = [(it["left"], it["right"], it["code"]) for it in report["proposals"]]
    assert proposed == [("c/k", "y/k", "tf.reshape(value, [1, 2, 2])"), ("d", "z", None)]
    again, lost = mapping_of(read_map(json.dumps(report)), left, right)
    assert lost == ()
    assert map_json(again) == report
    assert again.pairs["x/b"].reason == "paired by hand"


def test_what_a_file_has_and_the_sides_have_not_is_told():
    found = read_map('{"map": {"a": "x", "gone": "y", "b": "lost"}}')
    mapping, lost = mapping_of(found, _side(a=(1,), b=(2,)), _side(x=(1,), y=(2,)))
    assert mapping.names == {"a": "x"}
    assert lost == (("gone", "y"), ("b", "lost"))


def test_a_step_that_does_not_fit_is_not_taken():
    text = '{"map": {"a": "x"}, "steps": {"a": {"step": "transposed", "shape": [3, 2]}}}'
    mapping, lost = mapping_of(read_map(text), _side(a=(2, 3)), _side(x=(1, 2, 3)))
    assert (mapping.names, lost) == ({}, ())
    assert mapping.problem("x") is Problem.OTHER_SHAPE
