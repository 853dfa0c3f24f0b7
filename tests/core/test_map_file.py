"""Map files: strict reading, with the place of what is wrong."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.document import DocumentError
from core.map_file import load_map, map_json, read_map
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
    ],
)
def test_what_is_wrong_is_told_with_its_place(text, words):
    with pytest.raises(DocumentError, match=words):
        read_map(text)


def test_files_that_are_none(tmp_path):
    (tmp_path / "latin").write_bytes(b'{"map": {"\xff": "a"}}')
    for name, words in {"absent": "no such file", ".": "no such file", "latin": "UTF-8"}.items():
        with pytest.raises(DocumentError, match=words):
            load_map(tmp_path / name)


_NAMES = st.lists(st.text("ab/_é\n", min_size=1), unique=True, max_size=5)


@given(_NAMES)
def test_what_is_suggested_is_read(names):
    side = BuiltTensors("side", by_name(TensorInfo(name, (), "float32") for name in names))
    found = suggest(side, side)
    report = map_json(found, "left", "right")
    assert report.keys() >= {"map", "suggestions", "unmatched_left", "unmatched_right"}
    assert read_map(json.dumps(report)) == found.map == {name: name for name in names}
