"""The names that TensorFlow gives, known before there is a layer, and why they are these."""

from core import commands
from core.forecast import forecast
from core.given_names import given_names
from core.naming import names_text, why_named
from core.stack import Place
from core.stack_status import StackStatus
from tests.forwards import built_with_forward
from tests.stacks import dense, features, layer, scope, stack


def test_a_number_is_explained_by_who_has_the_name():
    built = built_with_forward(stack(features(), dense("a"), dense("b"), dense("c", name="own")))
    assert given_names(built) == {"a": ("dense",), "b": ("dense_1",)}
    assert why_named(built, "a") == "dense, the kind's own name, as it was free"
    assert why_named(built, "b") == "dense_1, because dense is taken by dense"
    assert why_named(built, "c") == ""


def test_a_name_is_taken_within_its_scope_alone():
    built = built_with_forward(
        stack(features(), dense("a", name="dense"), scope("s", dense("b"), name="net"), dense("c"))
    )
    assert given_names(built) == {"b": ("dense",), "c": ("dense_1",)}
    assert why_named(built, "c") == "dense_1, because dense is taken by dense"


def test_a_scope_without_a_name_has_the_one_it_was_opened_under():
    inner = scope("inner", dense("c"), name=None, kind="name_scope")
    built = built_with_forward(
        stack(
            features(),
            scope("s", dense("a"), name=None, default_name="enc"),
            scope("t", dense("b"), inner, name=None, default_name="enc"),
            scope("u", dense("d"), name=None, default_name="enc", repeat=3),
            scope("v", scope("w", dense("e"), name=None), name="net", repeat=2, reuse="auto"),
            scope("p", dense("f"), name=None, default_name="a/b"),
            root="root",
        )
    )
    names = given_names(built)
    assert names["s"] == ("enc",)
    assert names["t"] == ("enc_1",)
    assert names["inner"] == ("name_scope",)
    assert names["u"] == ("enc_2", "enc_3", "enc_4")
    assert names["w"] == ("scope",)
    assert names["p"] == ("a/b",)
    assert "v" not in names
    assert why_named(built, "s") == "enc, its default name, as it was free"
    assert why_named(built, "t") == "enc_1, because enc is taken by enc"
    assert why_named(built, "u") == "enc_2 to enc_4, another one each time it is built"
    assert why_named(built, "w") == "scope, the kind's own name, as it was free"


def test_a_scope_without_a_name_or_variables_has_its_name_too():
    empty = scope("t", layer("flatten", "f"), name=None)
    built = built_with_forward(stack(features(), scope("s", name=None), empty))
    assert given_names(built) == {"s": ("scope",), "t": ("scope_1",)}


def test_the_names_of_a_node_that_is_not_there_yet_come_from_a_real_build():
    there = stack(features(), dense("a"))
    command = commands.insert(there, Place(None, 2), (commands.new_node("dense"),))
    found = forecast(command.edit.apply(there), command.selects)
    assert found.text.splitlines() == [
        "dense_1/kernel [3, 10]",
        "dense_1/bias [10]",
        "dense_1, because dense is taken by dense",
    ]


def test_what_would_be_refused_is_said_beforehand():
    there = stack(features(), dense("a", name="fc"))
    again = stack(*there.nodes, dense("b", name="fc"), layer("flatten", "f"))
    assert forecast(again, ("b",)).text.startswith("refused: Variable fc/kernel already exists")
    assert forecast(again, ("f",)).text == "not reached: a layer before it is refused"


def test_a_layer_without_variables_has_no_names():
    built = built_with_forward(stack(features(), layer("flatten", "f")))
    assert names_text(built, "f") == ""


def test_the_status_tells_where_the_ops_of_a_reused_layer_are():
    again = scope("t", dense("b", name="fc"), name="s", reuse=True)
    built = built_with_forward(stack(features(size=3), scope("s", dense("a", name="fc")), again))
    status = StackStatus(built)
    assert status.sharing_groups == (("a", "b"),)
    assert status.sharing_text("b").splitlines() == [
        "Its ops are in s_1/fc, its variables in s/fc",
        "s/fc/kernel is read by fc, fc",
        "s/fc/bias is read by fc, fc",
    ]
    assert "ops are in" not in status.sharing_text("a")
