"""The window with the real builder, in a process of its own."""

import numpy as np
from PySide6.QtGui import QImage

from core import document
from core.tf1 import tf
from tests import checkpoints
from tests.gui.sitting import run
from tests.stacks import dense, features, layer, stack

# Builds, tries, draws, selects, exports and closes, as a person would in one sitting.
_SITTING = """
import psutil, sys
from core.tasks import Export
from gui.dialogs import Answer
from functools import partial
from pathlib import Path
from tests.gui.sitting import sitting, wait

with sitting() as window:
    bridge = window.bridge
    wait(window.building.succeeded, partial(window.start, Path(sys.argv[1])))
    names = [variable.name for variable in window.building.built.variables]
    print(names, window.status.totals.text())
    assert not psutil.Process().children()
    wait(window.trying.changed)
    print([fault.message for fault in window.trying.trial.faults], window.trying.trial.skipped)
    assert "scipy.stats" not in sys.modules  # which takes 2 s: not before it is needed
    wait(window.plotting.shown, window.action_table["select_all"].trigger)
    assert all(weights.density.known for weights in window.plotting.weights)
    wait(bridge.cut_out_found, window.action_table["show_heat_map"].trigger)
    window.dialogs.ask_save = lambda *asked: asked[-1](Path(sys.argv[2] + ".npy"))
    wait(bridge.values_saved, window.action_table["export_values_npy"].trigger)
    print([weights.name for weights in window.plotting.weights])
    before = window.plotting.weights[0].statistics.mean
    wait(window.plotting.shown, window.action_table["draw_again"].trigger)
    assert window.plotting.weights[0].statistics.mean != before
    code = window.panels.code
    wait(bridge.coded, partial(window.panels.tabs.setCurrentWidget, code))
    assert 'one = tf.layers.dense(' in code.text()
    wait(bridge.coded, partial(code.extent.setCurrentIndex, 1))
    wait(bridge.coded, partial(code.construction.setCurrentIndex, 3))
    assert 'tf.get_variable("kernel", [4, 3])' in code.text()
    source = window.building.values_of(window.editor.stack)
    wait(window.export.told, partial(bridge.ask, Export(source, Path(sys.argv[2]))))
    print(window.panels.messages.texts["export"])
    wait(bridge.checkpoint_opened, partial(window.checkpoints.open_path, Path(sys.argv[2])))
    wait(bridge.map_suggested, window.action_table["map_names"].trigger)
    window.dialogs.ask_save = lambda *asked: asked[-1](Path(sys.argv[2] + "-renamed"))
    wait(bridge.renamed, window.action_table["write_renamed"].trigger)
    print(window.panels.messages.texts["export"])
    window.dialogs.ask_unsaved = lambda name, answered: answered(Answer.DISCARD)
"""

# Opens a packaged lesson, answers it and goes on to the next one.
_LESSON = """
from core.lesson_library import packaged_lessons
from tests.gui.sitting import sitting, wait

with sitting() as window:
    window.files.open_lesson(packaged_lessons()[0])
    reader = window.panels.lesson.reader
    reader.field.field.setPlainText("dense/kernel dense/bias dense_1/kernel dense_2/bias")
    assert window.building.built is None and not window.building.pending
    wait(window.building.succeeded, reader.build_button.click)
    print(reader.verdict.texts())
    window.panels.lesson.next_button.click()
    assert window.building.built is None and not window.building.pending
"""

# Looks into checkpoints: one that is read here, one that only TensorFlow reads, and both.
_CHECKPOINTS = """
import os, sys
from gui.dialogs import Answer
from functools import partial
from pathlib import Path
from tests.gui.sitting import sitting, wait

with sitting() as window:
    bridge = window.bridge
    wait(window.building.succeeded, partial(window.start, Path(sys.argv[1])))
    checkpoints, panel = window.checkpoints, window.panels.checkpoint
    newer, older = map(Path, sys.argv[2:])
    wait(bridge.checkpoint_opened, partial(checkpoints.open_path, newer))
    assert "scipy.stats" not in sys.modules
    print(panel.about.whole_text, "|", panel.verdict.whole_text)
    wait(window.plotting.shown, panel.tensors.view.selectAll)
    print([(w.name, w.shape, w.density) for w in window.plotting.weights])
    wait(bridge.cut_out_found, window.action_table["show_values"].trigger)
    wait(bridge.checkpoint_opened, partial(checkpoints.open_path, older))
    print(panel.about.whole_text)
    wait(window.plotting.shown, panel.tensors.view.selectAll)
    wait(bridge.checkpoints_compared, partial(checkpoints.compare_with, newer))
    print([(c.left.name, c.why) for c in checkpoints.compared.diff.changed])
    wait(window.plotting.shown, panel.difference.tree.view.selectAll)
    print([w.name for w in window.plotting.weights])
    os.utime(newer.with_name(newer.name + ".index"), ns=(1, 1))
    from gui.weights_plot import WeightsPlot
    bins = window.findChild(WeightsPlot).bar.bins
    wait(bridge.failed, partial(bins.setValue, 7))
    print(panel.messages.texts["values"].startswith(str(newer)))
    wait(bridge.checkpoint_opened, checkpoints.reload_checkpoint)
    print(panel.messages.texts)
    wait(bridge.checkpoints_compared)
    window.panels.tabs.setCurrentWidget(window.panels.variables)
    wait(window.plotting.shown, window.action_table["select_all"].trigger)
    print([w.name for w in window.plotting.weights])
    window.dialogs.ask_unsaved = lambda name, answered: answered(Answer.DISCARD)
"""


def test_a_sitting_from_start_to_end(tmp_path):
    path = tmp_path / "towers.stack.json"
    image = layer("input", "i", shape=(None, 8, 8, 8))
    first = layer("conv2d", "c", "conv", filters=2, kernel_size=3, data_format="channels_first")
    towers = (features("x"), dense("d", name="one"), dense("e", name="two"))
    document.save(stack(*towers, image, first), path)
    done = run(_SITTING, path, tmp_path / "model")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    names = "['one/kernel', 'one/bias', 'two/kernel', 'two/bias', 'conv/kernel', 'conv/bias']"
    assert lines[0].startswith(f"{names} 6 variables, 173 parameters, 692 B, ")
    assert lines[1].startswith("['The Conv2D op currently only supports the NHWC tensor format")
    assert lines[1].endswith("] None")
    assert lines[2] == names
    assert lines[3].startswith(f"Wrote model.index, .data-*, .meta to {tmp_path}: 6 variables")
    assert lines[4] == (
        f"Wrote model-renamed to {tmp_path}: 0 tensors renamed; "
        "6 tensors read back and compared byte for byte"
    )
    assert len(lines) == 5
    assert (tmp_path / "model.index").exists()
    assert list((tmp_path / "state" / "autosave").iterdir()) == []


def test_a_lesson_is_judged_by_what_tensorflow_makes(tmp_path):
    done = run(_LESSON)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "['Not quite.', 'dense/kernel  (as you said)', 'dense/bias  (as you said)', "
        "'dense_1/kernel  (as you said)', 'dense_1/bias  (not in your answer)', "
        "'dense_2/bias  (TensorFlow made no such variable)']"
    ]


def test_checkpoints_are_looked_into_and_compared(tmp_path):
    path = tmp_path / "a.stack.json"
    document.save(stack(features("x"), dense("d", name="one")), path)
    values = {"one/kernel": np.zeros((4, 3), np.float32), "one/bias": np.ones(3, np.float32)}
    newer = checkpoints.save_arrays(tmp_path / "newer", values)

    def make():
        for name, value in values.items():
            tf.Variable(value + np.float32(name == "one/bias"), name=name)

    older = checkpoints.save(tmp_path / "older", make, write_version=tf.train.SaverDef.V1)
    done = run(_CHECKPOINTS, path, newer, older)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "newer: 2 variables, 15 parameters, format V2 | It will load: 2 restored",
        "[('one/bias', (3,), None), ('one/kernel', (4, 3), None)]",
        "older: 2 variables, 15 parameters, format V1",
        "[('one/bias', ('values',))]",
        "['one/bias (left)', 'one/bias (right)']",
        "True",
        "{}",
        "['one/kernel', 'one/bias']",
    ]


def test_a_picture_shows_the_built_stack_and_its_weights(tmp_path):
    path, picture = tmp_path / "a.stack.json", tmp_path / "a.png"
    document.save(stack(features("x"), dense("d", name="one")), path)
    program = "import sys; from pathlib import Path; from gui.picture import save; "
    program += "sys.exit(save(Path(sys.argv[1]), Path(sys.argv[2])))"
    done = run(program, path, picture)
    assert done.returncode == 0, done.stderr
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1440, 900)
    colours = {image.pixel(x, y) for x in range(0, 1440, 3) for y in range(0, 900, 3)}
    assert len(colours) > 20


def test_a_picture_of_a_bad_file_is_refused(tmp_path):
    path = tmp_path / "a.stack.json"
    path.write_text("{")
    program = "import sys; from pathlib import Path; from gui.picture import save; "
    program += "sys.exit(save(Path(sys.argv[1]), Path('x.png')))"
    done = run(program, path)
    assert done.returncode == 2
    assert "is not JSON" in done.stderr
