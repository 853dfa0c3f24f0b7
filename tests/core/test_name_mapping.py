"""A name map as it is edited: each name paired once, nothing lost, nothing done in silence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.name_mapping import NameMapping, Origin, Problem, suggestions_for
from core.name_rules import RuleKind, make_rule, renamed
from core.name_suggestions import suggest
from core.named_tensors import BuiltTensors, Part, TensorInfo, by_name
from core.shape_steps import AcceptedStep


def side(*names, **shapes):
    """Return tensors of some names; keywords give a shape, with two underscores for a slash."""
    found = [TensorInfo(name, (2, 3), "float32") for name in names]
    found += [TensorInfo(n.replace("__", "/"), s, "float32") for n, s in shapes.items()]
    return BuiltTensors("side", by_name(found))


def with_slots(*names, shape=(2, 3)):
    """Return variables, each with two slots."""
    variables = [TensorInfo(name, shape, "float32") for name in names]
    slots = [
        TensorInfo(f"{n}/{slot}", shape, "float32", Part.SLOT, slot=slot, slot_of=n)
        for n in names
        for slot in ("Adam", "Adam_1")
    ]
    return BuiltTensors("trained", by_name([*variables, *slots]))


def rule(kind, old, new):
    return make_rule(RuleKind(kind), old, new)


_PARTS = st.lists(st.sampled_from(["a", "b", "kernel", "w"]), min_size=1, max_size=2)
_SETS = st.lists(
    st.tuples(_PARTS.map("/".join), st.sampled_from([(2,), (2, 3), (3, 2)])),
    max_size=6,
    unique_by=lambda it: it[0],
)
_RULES = st.lists(
    st.tuples(
        st.sampled_from(list(RuleKind)),
        st.sampled_from(["a", "b", "kernel"]),
        st.sampled_from(["", "b", "w"]),
    ).map(lambda it: make_rule(*it)),
    max_size=2,
)


@given(_SETS, _SETS, st.data())
def test_whatever_is_edited_each_tensor_is_paired_at_most_once(left, right, data):
    one, other = (
        BuiltTensors("side", by_name(TensorInfo(n, s, "float32") for n, s in found))
        for found in (left, right)
    )
    mapping = NameMapping(one, other)
    for _ in range(data.draw(st.integers(0, 8))):
        before = dict(mapping.pairs)
        rights = st.lists(st.sampled_from([*other.tensors, "gone"]), max_size=3)
        edit = data.draw(st.sampled_from(["pair", "unpair", "accept", "rules", "suggest"]))
        match edit:
            case "pair" if one.tensors and other.tensors:
                wanted = [data.draw(st.sampled_from([*it.tensors])) for it in (one, other)]
                new = mapping.pair(*wanted)
                assert new.partners[wanted[0]] == wanted[1]
            case "unpair":
                gone = data.draw(rights)
                new = mapping.unpair(gone)
                assert not new.pairs.keys() & set(gone)
            case "accept":
                new = mapping.accept(data.draw(rights), data.draw(st.booleans()))
            case "rules":
                rules = data.draw(_RULES)
                new = mapping.with_rules(rules)
                for found in new.pairs.values():
                    if found.origin is Origin.RULE:
                        assert renamed(found.left, rules) == found.right
            case _:
                new = mapping.with_suggestions(suggestions_for(mapping))
        assert mapping.pairs == before  # the older value can't change
        mapping = new
        _check(mapping)


def _check(mapping):
    lefts = [pair.left for pair in mapping.pairs.values()]
    assert len(set(lefts)) == len(lefts)
    assert all(right == pair.right for right, pair in mapping.pairs.items())
    assert {*lefts, *(found.name for found in mapping.free)} == set(mapping.left.tensors)
    assert len(lefts) + len(mapping.free) == len(mapping.left.tensors)
    problems = {right: mapping.problem(right) for right in mapping.right.tensors}
    unmatched = {r for r, problem in problems.items() if problem is Problem.UNMATCHED}
    assert unmatched == mapping.right.tensors.keys() - mapping.pairs.keys()
    assert set(mapping.names.values()) == {r for r, problem in problems.items() if not problem}
    for left, right in mapping.names.items():
        shapes = mapping.left.tensors[left].shape, mapping.right.tensors[right].shape
        assert (shapes[0] != shapes[1]) == (left in mapping.steps)
        if left in mapping.steps:
            assert mapping.pairs[right].accepted
            assert mapping.steps[left].step(shapes[0])
            assert mapping.steps[left].shape == shapes[1]


def test_an_edit_that_changes_nothing_returns_the_same_value():
    mapping = NameMapping(side("a", "b"), side("x", "y")).pair("a", "x")
    assert mapping.pair("a", "x") is mapping
    assert mapping.unpair(["y"]) is mapping
    assert mapping.accept(["x", "y"]) is mapping
    assert mapping.with_rules(()) is mapping
    assert mapping.between(mapping.left, mapping.right) is mapping


def test_a_name_that_is_not_there_cannot_be_paired():
    mapping = NameMapping(side("a"), side("x"))
    for names in (("a", "y"), ("b", "x")):
        with pytest.raises(KeyError):
            mapping.pair(*names)


def test_slots_follow_their_variable():
    mapping = NameMapping(with_slots("a", "b"), with_slots("x", "y")).pair("a", "y")
    assert set(mapping.rights) == {"x", "y"}
    assert mapping.names == {"a": "y", "a/Adam": "y/Adam", "a/Adam_1": "y/Adam_1"}
    assert mapping.pair("b", "y").names["b/Adam"] == "y/Adam"


def test_a_step_is_taken_only_when_it_is_accepted_and_then_with_the_slots_too():
    left, right = with_slots("a"), with_slots("x", shape=(3, 2))
    mapping = NameMapping(left, right).pair("a", "x")
    assert mapping.problem("x") is Problem.OTHER_SHAPE
    assert mapping.step("x").words == "transposed"
    assert mapping.names == mapping.steps == {}
    accepted = mapping.accept(["x"])
    assert accepted.problem("x") is None
    names = ("a", "a/Adam", "a/Adam_1")
    assert accepted.steps == {n: AcceptedStep("transposed", (3, 2)) for n in names}
    assert accepted.accept(["x"], False).names == {}
    assert accepted.pair("a", "x").names  # it is the same pair still


def test_without_a_known_step_there_is_nothing_to_accept():
    mapping = NameMapping(side(a=(2,)), side(x=(3,))).pair("a", "x").accept(["x"])
    assert mapping.problem("x") is Problem.OTHER_SHAPE
    other = BuiltTensors("side", by_name([TensorInfo("x", (3, 2), "float64")]))
    mapping = NameMapping(side("a"), other).pair("a", "x").accept(["x"])
    assert mapping.problem("x") is Problem.OTHER_DTYPE
    assert mapping.step("x") is None


def test_rules_are_previewed_as_they_would_be_applied():
    left = side("old/a/kernel", "old/b/kernel", "old/c/bias")
    mapping = NameMapping(left, side("new/a/weights", "new/b/weights", "z"))
    first = rule("prefix", "old/", "new/")
    preview = mapping.preview([first])
    assert (preview.pairs, preview.changed) == ((), 3)
    both = [first, rule("part", "kernel", "weights")]
    preview = mapping.preview(both)
    expected = (("old/a/kernel", "new/a/weights"), ("old/b/kernel", "new/b/weights"))
    assert preview.pairs == expected
    applied = mapping.with_rules(both)
    assert tuple(applied.names.items()) == expected
    assert applied.pairs["new/a/weights"].reason == "the rule old/=new/, kernel=weights"
    assert applied.preview(both).pairs == ()
    assert applied.preview(both).paired == expected
    assert applied.with_rules([first]).pairs == {}


def test_rules_leave_alone_what_was_chosen_and_go_before_suggestions():
    left, right = side("a/k", "b/k"), side("a/k", "x/k")
    suggested = NameMapping(left, right).with_suggestions(suggest(left, right))
    assert suggested.partners["a/k"] == "a/k"
    ruled = suggested.with_rules([rule("part", "a", "x")])
    assert ruled.partners == {"a/k": "x/k"}
    chosen = suggested.pair("b/k", "x/k").with_rules([rule("part", "a", "x")])
    assert chosen.partners == {"a/k": "a/k", "b/k": "x/k"}


def test_a_name_that_rules_make_of_two_is_told_and_not_paired():
    mapping = NameMapping(side("a/k", "b/k"), side("x/k"))
    rules = [rule("regex", "[ab]/", "x/")]
    assert mapping.preview(rules).clashes == {"x/k": ("a/k", "b/k")}
    assert mapping.with_rules(rules).pairs == {}


def test_suggestions_leave_alone_what_is_paired_and_fill_the_rest():
    left, right = side("a/kernel", "b/kernel"), side("a/kernel", "b/kernel")
    mapping = NameMapping(left, right).pair("a/kernel", "b/kernel")
    found = mapping.with_suggestions(suggestions_for(mapping))
    assert found.partners == {"a/kernel": "b/kernel", "b/kernel": "a/kernel"}
    assert found.pairs["a/kernel"].confidence < 1
    assert found.pairs["b/kernel"].origin is Origin.HAND
    again = found.with_suggestions(suggestions_for(found))
    assert again.pairs == found.pairs


def test_a_proposed_step_is_a_pair_that_says_nothing_yet():
    left, right = side(a__kernel=(2, 3)), side(a__kernel=(1, 1, 2, 3))
    mapping = NameMapping(left, right).with_suggestions(suggest(left, right))
    assert mapping.partners == {"a/kernel": "a/kernel"}
    assert mapping.names == {}
    assert mapping.accept(["a/kernel"]).names == {"a/kernel": "a/kernel"}


def test_the_map_goes_with_the_stack_that_is_edited():
    left = side("a", "b")
    mapping = NameMapping(left, side("x", y=(3, 2))).pair("a", "x").pair("b", "y").accept(["y"])
    moved = mapping.between(left, side("z", y=(3, 2)))
    assert moved.names == {"b": "y"}
    assert [found.name for found in moved.free] == ["a"]
    other = mapping.between(left, side("x", y=(2, 4)))
    assert other.names == {"a": "x"}
    assert not other.pairs["y"].accepted


def test_what_is_free_has_variables_first():
    step = TensorInfo("global_step", (), "int64", Part.STEP)
    left = BuiltTensors("left", by_name([step, TensorInfo("w", (2,), "float32")]))
    assert [found.name for found in NameMapping(left, side()).free] == ["w", "global_step"]
