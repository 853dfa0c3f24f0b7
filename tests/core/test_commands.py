"""Commands: what a person does, and that the stack stays one that a file can hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import commands, sharing
from core.catalog import KINDS, SCOPE
from core.command import CommandRefusedError
from core.document import DEEPEST_SCOPE, dumps, loads
from core.stack import Layer, Place, Scope, Stack
from tests.random_stacks import any_command, stacks


def flatten(name, *inputs):
    return Layer(name, "flatten", name, "layers", inputs=inputs or None)


def features(name):
    return Layer(name, "input", name, arguments={"shape": (None, 4)})


def dense(node_id, name=None, *, units=3, reuse=None, inputs=None):
    return Layer(node_id, "dense", name, "layers", reuse, inputs, {"units": units})


def order(stack):
    """The tree as text, such as ``a s(b c) d``."""

    def show(node):
        inner = " ".join(map(show, node.nodes)) if isinstance(node, Scope) else None
        return node.id if inner is None else f"{node.id}({inner})"

    return " ".join(map(show, stack.nodes))


def do(stack, command):
    return command.edit.apply(stack)


NESTED = Stack(
    nodes=(
        flatten("a"),
        Scope("s", "s", nodes=(flatten("b"), flatten("c"), Scope("t", "t", nodes=(flatten("d"),)))),
        flatten("e"),
    )
)


@given(st.data())
def test_any_commands_leave_a_stack_that_a_file_can_hold_and_undo_to_the_first(data):
    stack = data.draw(stacks())
    current, inverses = stack, []
    for _ in range(6):
        command = data.draw(any_command(current))
        if command is None:
            continue
        inverses.append(command.edit.inverse(current))
        current = command.edit.apply(current)
        assert loads(dumps(current)) == current
        assert all(found in current for found in command.selects)
    for inverse in reversed(inverses):
        current = inverse.apply(current)
    assert current == stack


@pytest.mark.parametrize("kind", [*KINDS, SCOPE.kind])
def test_a_new_node_of_any_kind_has_what_it_needs(kind):
    stack = Stack(nodes=(commands.new_node(kind),))
    assert loads(dumps(stack)) == stack


# Names


@pytest.mark.parametrize(
    ("reuse", "expected"), [(None, "d_1"), (False, "d_1"), (True, "d"), ("auto", "d")]
)
def test_a_duplicate_gets_a_free_name_unless_it_reuses(reuse, expected):
    stack = Stack(nodes=(dense("d", "d", reuse=reuse),))
    assert [node.name for node in do(stack, commands.duplicate(stack, ["d"])).nodes] == [
        "d",
        expected,
    ]


def test_a_pasted_name_is_kept_where_it_is_free():
    stack = Stack(nodes=(dense("d", "d"), Scope("s", "s")))
    pasted = do(stack, commands.paste(stack, Place("s", 0), (dense("d", "d"),)))
    assert [node.name for node in pasted.walk()] == ["d", "s", "d"]


def test_new_scopes_get_names_of_their_own():
    stack = Stack()
    for _ in range(3):
        fresh = (commands.new_node(SCOPE.kind),)
        stack = do(stack, commands.insert(stack, Place(None, 0), fresh))
    assert [node.name for node in stack.nodes] == ["scope_2", "scope_1", "scope"]


# Inputs


def test_inputs_that_are_gone_are_left_out():
    stack = Stack(nodes=(flatten("a"), flatten("b"), Layer("sum", "add", inputs=("a", "b"))))
    once = do(stack, commands.remove(stack, ["a"]))
    assert once.node("sum").inputs == ("b",)
    assert do(once, commands.remove(once, ["b"])).node("sum").inputs is None


def test_a_layer_moved_before_its_input_takes_the_one_before_it():
    stack = Stack(nodes=(flatten("a"), flatten("b"), flatten("c", "b")))
    moved = do(stack, commands.move(stack, ["c"], Place(None, 0)))
    assert order(moved) == "c a b"
    assert moved.node("c").inputs is None


def test_inputs_among_copies_follow_and_others_stay():
    stack = Stack(nodes=(flatten("a"), flatten("b", "a"), flatten("c", "b")))
    copied = do(stack, commands.duplicate(stack, ["b", "c"])).nodes[3:]
    assert copied[0].inputs == ("a",)
    assert copied[1].inputs == (copied[0].id,)


@pytest.mark.parametrize("inputs", [("c",), ("b",), ("a", "a"), ()])
def test_inputs_that_a_layer_can_not_have_are_refused(inputs):
    stack = Stack(nodes=(flatten("a"), flatten("b"), flatten("c")))
    with pytest.raises(CommandRefusedError):
        commands.set_inputs(stack, "b", inputs)


# Moving and wrapping


@pytest.mark.parametrize(
    ("ids", "target", "expected"),
    [
        ("a", Place(None, 3), "s(b c t(d)) e a"),
        ("e", Place("t", 1), "a s(b c t(d e))"),
        ("b c", Place("s", 1), None),
        ("a", Place(None, 1), None),
        ("a d", Place(None, 2), "s(b c t()) a d e"),
        ("a b e", Place("s", 1), "s(a b e c t(d))"),
        ("e a", Place("s", 1), "s(b a e c t(d))"),
        ("t d", Place(None, 0), "t(d) a s(b c) e"),
        ("s e", Place(None, 0), "s(b c t(d)) e a"),
        ("a s e", Place(None, 2), None),
    ],
)
def test_moved_nodes_stand_together_in_reading_order(ids, target, expected):
    command = commands.move(NESTED, ids.split(), target)
    assert (command and order(do(NESTED, command))) == expected


def test_a_scope_can_not_be_moved_into_itself_or_what_is_in_it():
    for scope in ("s", "t"):
        with pytest.raises(CommandRefusedError, match="into itself"):
            commands.move(NESTED, ["a", "s"], Place(scope, 0))


def test_wrapping_gathers_nodes_from_several_scopes():
    command = commands.wrap(NESTED, ["e", "b", "d"])
    wrapped = do(NESTED, command)
    assert order(wrapped).replace(command.selects[0], "new") == "a s(new(b d e) c t())"


def test_scopes_nested_deeper_than_a_file_holds_are_refused():
    stack = Stack(nodes=(flatten("a"),))
    for _ in range(DEEPEST_SCOPE):
        stack = do(stack, commands.wrap(stack, ["a"]))
    with pytest.raises(CommandRefusedError, match=str(DEEPEST_SCOPE)):
        commands.wrap(stack, ["a"])


@pytest.mark.parametrize(
    ("ids", "selected"),
    [("a", ["s"]), ("e", ["s"]), ("b", ["c"]), ("d", ["t"]), ("a s e", []), ("b c", ["t"])],
)
def test_after_a_removal_a_neighbour_is_selected(ids, selected):
    assert list(commands.remove(NESTED, ids.split()).selects) == selected


@pytest.mark.parametrize(
    ("selection", "place"),
    [
        ("", Place(None, 3)),
        ("a", Place(None, 1)),
        ("b", Place("s", 1)),
        ("t", Place("t", 1)),
        ("s", Place("s", 3)),
        ("b s", Place(None, 2)),
    ],
)
def test_something_new_goes_behind_the_selection_or_into_the_scope(selection, place):
    assert commands.place_for_new(NESTED, selection.split()) == place


# Settings


def test_what_changes_nothing_is_no_command():
    stack = Stack(nodes=(dense("d", "d"), flatten("f"), Scope("s")))
    assert commands.rename(stack, "d", "d") is None
    assert commands.set_argument(stack, ["d"], "units", 3) is None
    assert commands.set_construction(stack, ["d", "f", "s"], "layers") is None
    assert commands.set_reuse(stack, ["f"], True) is None
    assert commands.set_inputs(stack, "f", None) is None


def test_settings_of_several_layers_are_one_command():
    stack = Stack(nodes=(dense("d"), dense("e"), flatten("f"), Scope("s")))
    changed = do(stack, commands.set_reuse(stack, ["d", "e", "f", "s"], "auto"))
    assert [node.reuse for node in changed.nodes] == ["auto", "auto", None, "auto"]
    changed = do(stack, commands.set_device(stack, ["d", "s"], "/device:CPU:0"))
    assert [bool(node.device) for node in changed.nodes] == [True, False, False, True]


def test_an_argument_is_set_and_reset():
    stack = Stack(nodes=(dense("d"),))
    changed = do(stack, commands.set_argument(stack, ["d"], "use_bias", False))
    assert dict(changed.node("d").arguments) == {"units": 3, "use_bias": False}
    assert do(changed, commands.reset_argument(changed, ["d"], "use_bias")) == stack


def test_a_setting_of_a_variable_is_set_and_taken_back():
    stack = Stack(nodes=(dense("d"),))
    changed = do(stack, commands.set_variable(stack, ["d"], "kernel", "name", "weights"))
    assert changed.node("d").variables["kernel"]["name"] == "weights"
    assert do(changed, commands.set_variable(changed, ["d"], "kernel", "name", None)) == stack


# Sharing


def test_only_earlier_layers_of_the_kind_can_be_shared_with():
    stack = Stack(
        nodes=(flatten("f"), dense("a"), dense("r", reuse=True), dense("b"), dense("later"))
    )
    assert [layer.id for layer in sharing.shareable(stack, "b")] == ["a"]
    assert sharing.shareable(stack, "f") == []
    with pytest.raises(CommandRefusedError):
        sharing.share_with(stack, "b", "later")


def test_sharing_names_an_owner_that_has_no_name_and_takes_its_arguments():
    stack = Stack(nodes=(dense("a", units=7), dense("b", "own", units=3)))
    shared = do(stack, sharing.share_with(stack, "b", "a"))
    assert [node.name for node in shared.nodes] == ["shared_dense"] * 2
    assert shared.node("b").reuse is True
    assert shared.node("b").arguments["units"] == 7
    assert shared.node("b").inputs is None


def test_sharing_across_scopes_opens_the_owner_s_scopes_around_the_layer():
    stack = Stack(
        nodes=(
            Scope(
                "s",
                None,
                arguments={"dtype": "float64"},
                nodes=(Scope("t", "t", nodes=(dense("a", "a"),)),),
            ),
            Scope("u", "u", nodes=(flatten("f"), dense("b"))),
        )
    )
    shared = do(stack, sharing.share_with(stack, "b", "a"))
    outer, inner = reversed(list(shared.ancestors("b")))
    assert order(shared) == f"s(t(a)) u(f) {outer}({inner}(b))"
    assert [shared.node(found).name for found in ("s", outer, inner)] == [
        "shared_scope",
        "shared_scope",
        "t",
    ]
    assert shared.node(outer).arguments == shared.node("s").arguments
    assert loads(dumps(shared)) == shared


def test_sharing_keeps_the_input_that_a_layer_had():
    stack = Stack(
        nodes=(dense("a", "a"), Scope("s", "s", nodes=(flatten("f"), dense("b"), flatten("g"))))
    )
    shared = do(stack, sharing.share_with(stack, "b", "a"))
    assert order(shared) == "a s(f g) b"
    assert shared.node("b").inputs == ("f",)


def test_a_shared_copy_stands_at_the_end_of_its_scope():
    stack = Stack(nodes=(Scope("s", "s", nodes=(dense("a"), flatten("f"))), flatten("g")))
    command = sharing.shared_copy(stack, ["a", "g"])
    shared = do(stack, command)
    (copy,) = command.selects
    assert order(shared) == f"s(a f {copy}) g"
    assert shared.node(copy).name == shared.node("a").name == "shared_dense"
    assert shared.node(copy).reuse is True
    assert sharing.shared_copy(stack, ["f", "g"]) is None


@pytest.mark.parametrize(
    ("nodes", "inputs"),
    [
        ((features("i"), features("j"), dense("a")), ("i",)),
        ((features("i"), dense("a"), features("j")), None),  # it is the layer before
        ((features("i"), dense("a")), None),
        ((features("i"), features("j"), dense("a", inputs=("i",))), ("j",)),
        ((features("i"), features("j"), dense("a", inputs=("i",)), flatten("f", "j")), None),
    ],
)
def test_a_shared_copy_takes_the_input_that_no_layer_takes(nodes, inputs):
    stack = Stack(nodes=nodes)
    command = sharing.shared_copy(stack, ["a"])
    (copy,) = command.selects
    assert do(stack, command).node(copy).inputs == inputs


def test_a_layer_of_two_inputs_gets_those_before_it():
    stack = Stack(nodes=(features("x"), features("y")))
    stack = do(stack, commands.add(stack, "multiply", ["y"]))
    assert stack.nodes[-1].inputs == ("x", "y")
    alone = Stack(nodes=(features("x"),))
    alone = do(alone, commands.add(alone, "multiply", ["x"]))
    assert alone.nodes[-1].inputs is None


def test_a_tied_layer_gets_the_nearest_kernel_and_that_layer_a_name():
    stack = Stack(nodes=(features("x"), dense("d"), flatten("f")))
    command = commands.add(stack, "tied_dense", ["f"])
    tied = do(stack, command)
    assert tied.nodes[-1].inputs == ("f", "d")
    assert tied.node("d").name == "shared_dense"
    assert command.edit.inverse(stack).apply(tied) == stack


def test_choosing_another_kernel_names_its_layer():
    tied = Layer("t", "tied_dense", None, "get_variable")
    stack = Stack(nodes=(features("x"), dense("d"), tied))
    changed = do(stack, commands.set_inputs(stack, "t", ("d", "d")))
    assert changed.node("d").name == "shared_dense"
    assert commands.set_inputs(changed, "t", ("d", "d")) is None


def test_a_shared_copy_of_a_tied_layer_keeps_both_inputs():
    tied = Layer("t", "tied_dense", "back", "get_variable", inputs=("d", "d"))
    stack = Stack(nodes=(features("x"), dense("d", "code"), tied))
    copied = do(stack, sharing.shared_copy(stack, ["t"]))
    assert (copied.nodes[-1].inputs, copied.nodes[-1].reuse) == (("d", "d"), True)


def test_a_copy_of_a_tied_pair_is_tied_within_itself():
    tied = Layer("t", "tied_dense", "back", "get_variable", inputs=("d", "d"))
    stack = Stack(nodes=(features("x"), dense("d", "code"), tied))
    copied = do(stack, commands.duplicate(stack, ["d", "t"]))
    code, back = copied.nodes[-2:]
    assert back.inputs == (code.id, code.id)


def test_a_repeated_scope_gets_a_number_in_its_name():
    stack = Stack(nodes=(features("x"), Scope("s", "block", nodes=(dense("d"),))))
    repeated = do(stack, commands.set_repeat(stack, ["s", "x"], 12))
    assert (repeated.node("s").name, repeated.node("s").repeat) == ("block_{i}", 12)
    assert do(repeated, commands.set_repeat(repeated, ["s"], 3)).node("s").name == "block_{i}"


def test_a_scope_that_reuses_can_be_repeated_under_one_name():
    stack = Stack(nodes=(features("x"), Scope("s", "block", "auto", nodes=(dense("d"),))))
    assert do(stack, commands.set_repeat(stack, ["s"], 2)).node("s").name == "block"


def test_too_many_repetitions_are_refused():
    stack = Stack(nodes=(Scope("s", "s", nodes=(dense("d"), dense("e"))),))
    with pytest.raises(CommandRefusedError, match="100,000"):
        commands.set_repeat(stack, ["s"], 60_000)


def test_a_scope_is_entered_again_behind_itself():
    scope = Scope("s", None, arguments={"use_resource": True}, nodes=(dense("d"),))
    stack = Stack(nodes=(features("x"), scope, flatten("f")))
    again = do(stack, sharing.enter_again(stack, "s"))
    first, second = again.nodes[1:3]
    assert first.name == second.name == "shared_scope"
    assert second.arguments == first.arguments
    assert (second.nodes, second.reuse) == ((), None)
    with pytest.raises(CommandRefusedError):
        sharing.enter_again(stack, "f")
