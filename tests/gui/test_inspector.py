"""The inspector: what is set in it is set in the stack, and what is refused is not."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel

from core import commands
from core.built import Outcome, Request
from core.catalog import KINDS, SCOPES, function_of
from core.document import dumps, loads
from core.stack import Layer, Place, Scope, Stack
from gui.argument_fields import ArgumentField
from gui.inspector import Inspector
from tests.gui.stacks import WORDS, built, variable

STACK = Stack(
    nodes=(
        Layer("i", "input", "x", arguments={"shape": (None, 28, 28, 1)}),
        Layer("c", "conv2d", "conv", "layers", arguments={"filters": 8, "kernel_size": 3}),
        Scope(
            "s",
            "s",
            nodes=(
                Layer("d", "dense", None, "layers", arguments={"units": 3}),
                Layer(
                    "e",
                    "dense",
                    "fc",
                    "get_variable",
                    inputs=("c",),
                    arguments={"units": 5, "kernel_initializer": {"kind": "he_normal", "seed": 1}},
                ),
            ),
        ),
        Layer("b", "batch_normalization", "bn", "get_variable"),
        Layer("a", "concat", "cat", inputs=("c", "d")),
    )
)
UP, DOWN, ENTER, ESCAPE = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Return,
    Qt.Key.Key_Escape,
)


@pytest.fixture
def inspector(editor, qtbot):
    editor.open(STACK)
    inspector = Inspector(editor)
    qtbot.addWidget(inspector)
    inspector.resize(430, 700)
    with qtbot.waitExposed(inspector):
        inspector.show()
    inspector.activateWindow()
    return inspector


def field(inspector, name, title="Main") -> ArgumentField:
    found = inspector.form.fields(title).fields[name]
    QApplication.processEvents()  # Qt shows what is added to a shown form a moment later
    return found


def type_into(qtbot, line, text, key=ENTER):
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)
    if not text:
        qtbot.keyClick(line, Qt.Key.Key_Delete)
    if key is not None:
        qtbot.keyClick(line, key)


def choose(box, text):
    """Choose from a combo box as a person does, which is told by `activated`."""
    index = box.findText(text)
    assert index >= 0, text
    box.setCurrentIndex(index)
    box.activated.emit(index)


def list_and_choose(box, text):
    """Choose from a list that is filled when it is opened."""
    box.showPopup()
    choose(box, text)
    box.hidePopup()


def arguments(editor, node_id):
    return dict(editor.stack.node(node_id).arguments)


# Arguments


def test_nothing_selected_says_so(inspector):
    texts = [label.text() for label in inspector.findChildren(QLabel) if label.isVisible()]
    assert any("Select a layer" in text for text in texts)


@pytest.mark.parametrize("kind", [*KINDS, *SCOPES])
def test_every_kind_has_a_form_with_a_field_for_each_of_its_arguments(
    inspector, editor, kind, qtbot
):
    new = commands.new_node(kind)
    editor.do(commands.insert(editor.stack, Place(None, 0), (new,)))
    before = editor.stack
    for title in list(inspector.form.sections):
        inspector.form.sections[title].set_open(True)
    function = function_of(kind)
    shown = {found.argument.name for found in inspector.findChildren(ArgumentField)}
    assert shown >= {argument.name for argument in function.arguments}
    assert editor.stack is before


def test_a_long_name_of_an_argument_is_shown_whole(inspector, editor):
    editor.select(("b",))
    inspector.form.sections["Initializers"].set_open(True)
    row = field(inspector, "moving_variance_initializer", "Initializers")
    (label,) = (found for found in row.findChildren(QLabel) if found.text().startswith("moving"))
    lines = label.text().split("\N{ZERO WIDTH SPACE}")
    assert "".join(lines) == "moving_variance_initializer"
    assert max(map(label.fontMetrics().horizontalAdvance, lines)) <= label.width()
    assert label.wordWrap()


def test_a_field_of_a_value_that_is_not_there_says_so(inspector, editor, qtbot):
    editor.select(("e",))
    inspector.form.fields("kernel")
    name = field(inspector, "name", "kernel").editor.field
    assert (name.text(), name.placeholderText()) == ("", "none")
    type_into(qtbot, name, "weights")
    assert editor.stack.node("e").variables["kernel"] == {"name": "weights"}


def test_a_long_text_is_shown_from_its_beginning(inspector, editor):
    editor.open(Stack(name="a stack of " + "long " * 30))
    (name,) = (
        found.editor.field
        for found in inspector.findChildren(ArgumentField)
        if found.argument.name == "name"
    )
    assert name.text().startswith("a stack of long")
    assert name.cursorPosition() == 0


def test_the_name_that_tensorflow_gave_is_shown_where_none_is_typed(inspector, editor):
    editor.select(("d",))
    field = inspector.header.name.field
    assert (field.text(), field.placeholderText()) == ("", "named by TensorFlow")
    asked = Request("d", "s/dense_1/kernel", "kernel", "s/dense_1", "", Outcome.CREATED, None)
    inspector.set_built(replace(built(editor.stack), ledger=(asked,)))
    assert (field.text(), field.placeholderText()) == ("", "dense_1, named by TensorFlow")
    editor.select(("c",))
    assert (field.text(), field.placeholderText()) == ("conv", "named by TensorFlow")


def test_many_kinds_are_named_in_the_room_there_is(inspector, editor, qtbot):
    new = [commands.new_node(kind) for kind in KINDS]
    editor.do(commands.insert(editor.stack, Place(None, 0), new))
    editor.select(tuple(node.id for node in editor.stack.walk()))
    label = inspector.header.kind
    assert label.text().endswith("identity, scale, add, subtract, multiply, matmul, concat, scope")
    qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(label.width()) > 20)
    assert inspector.header.width() <= inspector.width()


def test_the_rows_above_a_short_form_are_not_spread_over_the_room_below(inspector, editor):
    editor.do(commands.insert(editor.stack, Place(None, 1), (commands.new_node("flatten"),)))
    (flatten,) = editor.selection
    editor.select(("b",))
    editor.select((flatten,))
    inspector.resize(430, 900)
    QApplication.sendPostedEvents()
    assert inspector.header.height() == inspector.header.sizeHint().height()


def test_a_number_is_set_by_enter_and_reset_by_its_button(inspector, editor, qtbot):
    editor.select(("b",))
    epsilon = field(inspector, "epsilon")
    assert not epsilon.reset_button.isVisible()
    type_into(qtbot, epsilon.editor.field, "1e-5")
    assert arguments(editor, "b") == {"epsilon": 1e-5}
    assert epsilon.reset_button.isVisible()
    qtbot.mouseClick(epsilon.reset_button, Qt.MouseButton.LeftButton)
    assert arguments(editor, "b") == {}
    assert epsilon.editor.field.text() == "0.001"


def test_a_number_is_set_when_the_focus_leaves(inspector, editor, qtbot):
    editor.select(("d",))
    type_into(qtbot, field(inspector, "units").editor.field, "7", key=None)
    assert arguments(editor, "d")["units"] == 3
    inspector.header.name.field.setFocus()
    assert arguments(editor, "d")["units"] == 7


@pytest.mark.parametrize(
    ("node", "name", "text", "reason"),
    [
        ("d", "units", "0", "units must be at least 1, not 0"),
        ("d", "units", "many", 'units must be a whole number, not "many"'),
        ("c", "kernel_size", "3, 0", "kernel_size[1] must be at least 1, not 0"),
        ("b", "momentum", "1.5", "momentum must be at most 1.0, not 1.5"),
    ],
)
def test_a_bad_value_is_refused_at_its_field(inspector, editor, qtbot, node, name, text, reason):
    editor.select((node,))
    bad = field(inspector, name)
    type_into(qtbot, bad.editor.field, text)
    assert bad.refusal == reason
    assert bad.editor.field.text() == text
    assert editor.stack == STACK
    qtbot.keyClick(bad.editor.field, ESCAPE)
    assert bad.refusal == ""
    assert bad.editor.field.text() != text


def test_a_refused_text_does_not_stay_for_another_layer(inspector, editor, qtbot):
    editor.select(("d",))
    type_into(qtbot, field(inspector, "units").editor.field, "many")
    editor.do(commands.set_argument(editor.stack, ["e"], "units", 3))
    editor.select(("e",))
    assert field(inspector, "units").editor.field.text() == "3"
    assert field(inspector, "units").refusal == ""


def test_arrow_keys_and_wheel_step_a_number_in_focus_only(inspector, editor, qtbot):
    editor.select(("d",))
    line = field(inspector, "units").editor.field
    line.setFocus()
    qtbot.keyClick(line, UP)
    qtbot.keyClick(line, UP)
    qtbot.keyClick(line, DOWN)
    assert arguments(editor, "d")["units"] == 4
    assert editor.undo_stack.count() == 1
    wheel(line, 120)
    assert arguments(editor, "d")["units"] == 5
    inspector.header.name.field.setFocus()
    wheel(line, 120)
    assert arguments(editor, "d")["units"] == 5


def wheel(widget, delta):
    center = QPointF(widget.rect().center())
    QApplication.sendEvent(
        widget,
        QWheelEvent(
            center,
            QPointF(widget.mapToGlobal(widget.rect().center())),
            QPoint(),
            QPoint(0, delta),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def test_a_shape_is_typed_as_people_write_it(inspector, editor, qtbot):
    editor.select(("i",))
    shape = field(inspector, "shape")
    assert shape.editor.field.text() == "?, 28, 28, 1"
    type_into(qtbot, shape.editor.field, "[None, 32]")
    assert arguments(editor, "i")["shape"] == (None, 32)


def test_a_check_box_a_choice_and_one_or_several_numbers(inspector, editor, qtbot):
    editor.select(("c",))
    qtbot.mouseClick(field(inspector, "use_bias").editor.box, Qt.MouseButton.LeftButton)
    choose(field(inspector, "padding").editor.box, "same")
    type_into(qtbot, field(inspector, "strides").editor.field, "2, 1")
    assert arguments(editor, "c") == {
        "filters": 8,
        "kernel_size": 3,
        "use_bias": False,
        "padding": "same",
        "strides": (2, 1),
    }


def test_an_initializer_is_chosen_and_its_arguments_set(inspector, editor, qtbot):
    editor.select(("d",))
    kernel = field(inspector, "kernel_initializer", "Initializers")
    choose(kernel.editor.choice.box, "truncated_normal")
    assert arguments(editor, "d")["kernel_initializer"] == "truncated_normal"
    nested = kernel.editor.fields.fields
    type_into(qtbot, nested["stddev"].editor.field, "0.1")
    type_into(qtbot, nested["seed"].editor.field, "7")
    assert arguments(editor, "d")["kernel_initializer"] == {
        "kind": "truncated_normal",
        "stddev": 0.1,
        "seed": 7,
    }
    type_into(qtbot, nested["stddev"].editor.field, "-1")
    assert nested["stddev"].refusal == "stddev must be at least 0.0, not -1.0"
    qtbot.mouseClick(nested["stddev"].reset_button, Qt.MouseButton.LeftButton)
    type_into(qtbot, nested["seed"].editor.field, "none")
    assert arguments(editor, "d")["kernel_initializer"] == {
        "kind": "truncated_normal",
        "seed": None,
    }
    choose(kernel.editor.choice.box, "none")
    assert arguments(editor, "d")["kernel_initializer"] is None
    assert loads(dumps(editor.stack)) == editor.stack


def test_training_is_a_boolean_or_a_placeholder(inspector, editor):
    editor.select(("b",))
    training = field(inspector, "training").editor
    choose(training.choice.box, "true")
    assert arguments(editor, "b") == {"training": True}
    choose(training.choice.box, "placeholder")
    assert arguments(editor, "b") == {"training": {"kind": "placeholder", "default": False}}


def test_a_record_is_null_again_when_its_last_key_is_reset(inspector, editor, qtbot):
    editor.select(("b",))
    clipping = field(inspector, "renorm_clipping", "Renormalization").editor
    rmax = clipping.fields.fields["rmax"]
    type_into(qtbot, rmax.editor.field, "3")
    assert arguments(editor, "b") == {"renorm_clipping": {"rmax": 3.0}}
    qtbot.mouseClick(rmax.reset_button, Qt.MouseButton.LeftButton)
    assert arguments(editor, "b")["renorm_clipping"] is None


def test_after_an_undo_the_form_shows_the_old_value(inspector, editor, qtbot):
    editor.select(("e",))
    units = field(inspector, "units").editor
    type_into(qtbot, units.field, "9")
    kernel = field(inspector, "kernel_initializer", "Initializers").editor
    choose(kernel.choice.box, "zeros")
    assert set(kernel.fields.fields) == {"dtype"}
    editor.undo_stack.undo()
    assert kernel.choice.box.currentText() == "he_normal"
    assert kernel.fields.fields["seed"].editor.field.text() == "1"
    editor.undo_stack.undo()
    assert units.field.text() == "5"


def test_a_build_disturbs_neither_typing_nor_focus_nor_scrolling(inspector, editor, qtbot):
    editor.select(("b",))
    for section in list(inspector.form.sections.values()):
        section.set_open(True)
    line = field(inspector, "momentum").editor.field
    type_into(qtbot, line, "0.5", key=None)
    bar = inspector._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 40)
    bar.setValue(40)
    inspector.set_built(built(editor.stack))
    editor.do(commands.rename(editor.stack, "d", "other"))
    assert line.text() == "0.5"
    assert line.hasFocus()
    QApplication.processEvents()
    assert bar.value() == 40


def test_the_argument_in_focus_is_explained_at_the_foot(inspector, editor, qtbot):
    editor.select(("b",))
    field(inspector, "epsilon").editor.field.setFocus()
    assert "so that nothing is divided by 0" in inspector.help_text
    assert "Default: 0.001" in inspector.help_text


def test_the_help_is_of_the_selected_layer(inspector, editor):
    nodes = commands.new_node("dense"), commands.new_node("flatten")
    editor.do(commands.insert(editor.stack, Place(None, 0), nodes))
    for node in nodes:
        editor.select((node.id,))
        assert inspector.help_text == KINDS[node.kind].function.help


# Several layers


def test_several_layers_of_a_kind_are_set_together(inspector, editor, qtbot):
    editor.select(("d", "e"))
    units = field(inspector, "units").editor.field
    assert (units.text(), units.placeholderText()) == ("", "several values")
    assert not inspector.header.name.field.isEnabled()
    type_into(qtbot, units, "6")
    assert [arguments(editor, found)["units"] for found in "de"] == [6, 6]
    assert editor.selection == ("d", "e")
    inspector.header.construction.buttons["get_variable"].click()
    assert editor.stack.node("d").construction == "get_variable"


def test_layers_of_several_kinds_have_their_common_fields_only(inspector, editor):
    editor.select(("c", "s", "e"))
    assert inspector.form is None
    choose(inspector.header.reuse.box, "AUTO_REUSE")
    assert [editor.stack.node(found).reuse for found in "cse"] == ["auto"] * 3
    assert editor.stack.node("d").reuse is None


# The header


def test_a_name_is_set_and_a_bad_one_refused_with_the_rule(inspector, editor, qtbot):
    editor.select(("e",))
    name = inspector.header.name
    type_into(qtbot, name.field, "a b")
    assert "TensorFlow takes no such name" in name.refusal.text()
    assert name.refusal.isVisible()
    assert editor.stack == STACK
    type_into(qtbot, name.field, "logits")
    assert editor.stack.node("e").name == "logits"
    assert not name.refusal.isVisible()
    type_into(qtbot, name.field, "")
    assert editor.stack.node("e").name is None


def test_construction_is_chosen_by_its_button(inspector, editor):
    editor.select(("e",))
    buttons = inspector.header.construction.buttons
    assert [found.isChecked() for found in buttons.values()] == [False, True]
    buttons["layers"].click()
    assert editor.stack.node("e").construction == "layers"
    editor.undo_stack.undo()
    assert [found.isChecked() for found in buttons.values()] == [False, True]


def test_an_input_has_neither_construction_nor_reuse_nor_inputs(inspector, editor):
    editor.select(("i",))
    header = inspector.header
    assert not header.construction.isVisible()
    assert not header.reuse.isVisible()
    assert not header.inputs.isVisible()
    editor.select(("e",))
    assert header.construction.isVisible()
    assert header.reuse.isVisible()
    assert header.inputs.isVisible()


def test_an_input_is_any_earlier_node_or_the_layer_before(inspector, editor, qtbot):
    editor.select(("b",))
    box = inspector.header.inputs.one
    assert box.currentText() == "the layer before: s/fc"
    box.showPopup()
    box.hidePopup()
    choose(box, "conv")
    assert editor.stack.node("b").inputs == ("c",)
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    assert editor.stack.node("b").inputs is None


def test_several_inputs_are_added_ordered_and_removed(inspector, editor, qtbot):
    editor.select(("a",))
    several = inspector.header.inputs.several

    def inputs():
        return editor.stack.node("a").inputs

    several.menu.aboutToShow.emit()
    next(action for action in several.menu.actions() if action.text() == "x").trigger()
    assert inputs() == ("c", "d", "i")
    several.list.setCurrentRow(2)
    several.up.click()
    assert inputs() == ("c", "i", "d")
    assert several.list.currentRow() == 1
    several.remove.click()
    assert inputs() == ("c", "d")
    several.reset.click()
    assert inputs() is None
    assert several.list.item(0).text() == "the layer before: bn"


def test_a_device_is_chosen_or_typed(inspector, editor, qtbot):
    inspector.set_devices(("/device:CPU:0", "/device:GPU:0"))
    editor.select(("d", "e"))
    device = inspector.header.device
    choose(device, "/device:CPU:0")
    assert editor.stack.node("d").device == editor.stack.node("e").device == "/device:CPU:0"
    type_into(qtbot, device.lineEdit(), "/job:ps/task:1")
    assert editor.stack.node("d").device == "/job:ps/task:1"
    type_into(qtbot, device.lineEdit(), "")
    assert editor.stack.node("d").device is None


def test_share_with_lists_the_earlier_layers_of_the_kind(inspector, editor):
    editor.select(("d",))
    assert not inspector.header.share.isEnabled()
    editor.select(("e",))
    inspector.header.share_menu.aboutToShow.emit()
    actions = inspector.header.share_menu.actions()
    assert [action.text() for action in actions] == ["s/dense (row 1)"]
    actions[0].trigger()
    assert editor.stack.node("e").reuse is True
    assert editor.stack.node("e").inputs == ("c",)
    assert editor.stack.node("e").name == editor.stack.node("d").name == "shared_dense"


# Variables of manual layers


def test_a_manual_layer_s_variables_are_set_by_role(inspector, editor, qtbot):
    editor.select(("e",))
    name = field(inspector, "name", "kernel")
    type_into(qtbot, name.editor.field, "weights")
    choose(field(inspector, "trainable", "kernel").editor.box, "false")
    variables = editor.stack.node("e").variables
    assert variables == {"kernel": {"name": "weights", "trainable": False}}
    type_into(qtbot, name.editor.field, "my weights")
    assert "TensorFlow takes no such name" in name.refusal
    qtbot.mouseClick(name.reset_button, Qt.MouseButton.LeftButton)
    assert isinstance(editor.stack.node("e").variables["kernel"], Mapping)
    assert editor.stack.node("e").variables == {"kernel": {"trainable": False}}


def test_a_tf_layers_layer_says_that_these_settings_have_no_effect(inspector, editor):
    def sentence():
        return [
            label.text()
            for label in inspector.findChildren(QLabel)
            if label.isVisible() and "take effect with get_variable only" in label.text()
        ]

    editor.select(("e",))
    inspector.form.sections["Variables made by get_variable"].set_open(True)
    QApplication.processEvents()
    assert sentence() == []
    inspector.header.construction.buttons["layers"].click()
    assert len(sentence()) == 1


# What a build says


def test_a_refusal_stands_at_the_top_and_results_below_the_header(inspector, editor):
    inspector.set_built(built(STACK, refused="e", variables=(variable("s/dense/kernel", "d"),)))
    editor.select(("e",))
    assert inspector.refusal_text == WORDS
    editor.select(("a",))
    assert inspector.refusal_text == ""
    assert "Not built" in inspector.results_text
    editor.select(("d",))
    assert inspector.results_text == "Output [?, 4]\nVariables s/dense/kernel"


def test_a_scope_can_be_repeated(inspector, editor, qtbot):
    editor.select(("s",))
    repeat = inspector.header.repeat
    assert repeat.isVisible()
    type_into(qtbot, repeat.field, "4")
    assert (editor.stack.node("s").repeat, editor.stack.node("s").name) == (4, "s_{i}")
    qtbot.keyClick(repeat.field, UP)
    assert editor.stack.node("s").repeat == 5
    type_into(qtbot, inspector.header.name.field, "block{i}")
    assert editor.stack.node("s").name == "block{i}"
    editor.select(("c",))
    assert not repeat.isVisible()


def test_only_constructions_that_a_kind_has_can_be_chosen(inspector, editor):
    editor.do(commands.add(editor.stack, "layer_normalization", ["c"]))
    buttons = inspector.header.construction.buttons
    assert not buttons["layers"].isEnabled()
    assert buttons["get_variable"].isEnabled()
    assert buttons["get_variable"].isChecked()
    editor.select(("c",))
    assert buttons["layers"].isEnabled()


def test_a_layer_of_two_inputs_has_a_choice_for_each(inspector, editor):
    editor.open(
        Stack(
            nodes=(
                Layer("x", "input", "x", arguments={"shape": (None, 4)}),
                Layer("d", "dense", "d", "layers", arguments={"units": 4}),
                Layer("m", "multiply"),
            )
        )
    )
    editor.select(("m",))
    first, second = inspector.header.inputs.two.boxes
    assert first.currentText() == second.currentText() == "choose..."
    list_and_choose(first, "x")
    assert editor.stack.node("m").inputs is None
    list_and_choose(second, "d")
    assert editor.stack.node("m").inputs == ("x", "d")
    list_and_choose(first, "d")
    assert editor.stack.node("m").inputs == ("d", "d")
    editor.undo_stack.undo()
    assert first.currentText() == "x"


def test_the_settings_of_the_stack_stand_where_no_layer_is_selected(inspector, editor, qtbot):
    form = inspector.stack_form
    assert form.isVisible()
    root = form.fields.fields["root"]
    type_into(qtbot, root.editor.field, "two words")
    assert "takes no such name" in root.refusal
    type_into(qtbot, root.editor.field, "model")
    choose(form.fields.fields["use_resource"].editor.box, "true")
    assert (editor.stack.root, editor.stack.use_resource) == ("model", True)
    root.reset_button.click()
    assert editor.stack.root is None
    editor.undo_stack.undo()
    assert root.editor.field.text() == "model"
    editor.select(("c",))
    assert not form.isVisible()
    editor.open(STACK)
    assert root.editor.field.text() == ""
