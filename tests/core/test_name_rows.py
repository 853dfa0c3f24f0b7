"""Which rows of a name map are shown."""

import pytest

from core.name_mapping import NameMapping
from core.name_rows import Show, counts, shown
from core.name_search import SearchError
from core.name_suggestions import suggest
from core.named_tensors import BuiltTensors, TensorInfo, by_name


def _side(**shapes):
    found = [TensorInfo(n.replace("__", "/"), s, "float32") for n, s in shapes.items()]
    return BuiltTensors("side", by_name(found))


@pytest.fixture
def mapping():
    left = _side(a__kernel=(2, 3), b__kernel=(5, 6), odd=(9,), c__kernel=(7, 8))
    right = _side(a__kernel=(2, 3), b__kernel=(6, 5), other=(9,), Lone=(1,))
    found = NameMapping(left, right)
    return found.with_suggestions(suggest(left, right))


def test_rows_are_filtered_by_what_wants_a_look(mapping):
    assert shown(mapping, Show.ALL) == ["a/kernel", "b/kernel", "other", "Lone"]
    assert shown(mapping, Show.UNMATCHED) == ["Lone"]
    assert shown(mapping, Show.OTHER_FORM) == ["b/kernel"]
    assert shown(mapping, Show.UNCERTAIN) == ["other"]
    assert shown(mapping.accept(["b/kernel"]), Show.OTHER_FORM) == []
    found = counts(mapping)
    assert {show: found[show] for show in Show} == {
        show: len(shown(mapping, show)) for show in Show
    }


def test_a_search_looks_at_both_names_whatever_their_case(mapping):
    assert shown(mapping, Show.ALL, " KERNEL ") == ["a/kernel", "b/kernel"]
    assert shown(mapping, Show.ALL, "odd") == ["other"]
    assert shown(mapping, Show.ALL, "lone") == ["Lone"]
    assert shown(mapping, Show.ALL, "/^[ao]/") == ["a/kernel", "other"]
    assert shown(mapping, Show.UNMATCHED, "kernel") == []
    with pytest.raises(SearchError, match="no regular expression"):
        shown(mapping, Show.ALL, "/(/")
