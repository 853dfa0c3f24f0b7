"""The bridge: which of the builder's events it passes on."""

import pytest

from core.cutout import Cut
from core.events import Finished
from core.name_mapping import NameMapping
from core.named_tensors import BuiltTensors
from core.sources import CheckpointValues, Selected, StackValues
from core.stack import Stack
from core.tasks import Build, CutOut, Rename, SaveValues, SuggestMap, Summarize, SummarizeBoth
from core.trial import Trial
from gui import bridge as module
from gui.bridge import Bridge
from tests.gui.fakes import built_of


class NoThread:
    """Takes requests as the builder does, and works on none."""

    def __init__(self, publish):
        self.publish = publish
        self.tasks = []

    def submit(self, task):
        self.tasks.append(task)
        return len(self.tasks)


@pytest.fixture
def bridge(qapp, monkeypatch):
    monkeypatch.setattr(module, "Builder", NoThread)
    found = Bridge()
    yield found
    found.deleteLater()


def test_a_build_that_was_superseded_ends_without_a_result(bridge, qtbot):
    built, ended = [], []
    bridge.built.connect(built.append)
    bridge.ended.connect(ended.append)
    builder = bridge._builder
    for name in ("first", "second"):
        bridge.ask(Build(Stack(name)))
    for number, task in enumerate(builder.tasks, 1):
        builder.publish(Finished(number, task, built_of(task.stack)))
    qtbot.waitUntil(lambda: len(ended) == 2)
    assert [found.stack.name for found in built] == ["second"]
    assert [event.task for event in ended] == builder.tasks


def test_the_newest_of_each_kind_is_told(bridge, qtbot):
    stack, cut = Stack("s"), Cut(((0, 1, 1),))
    kernel, bias = (Selected(StackValues(stack), name) for name in "kb")
    told = []
    for signal in (bridge.summarized, bridge.both_summarized, bridge.cut_out_found):
        signal.connect(told.append)
    bridge.ask(Summarize((kernel,)))
    bridge.ask(SummarizeBoth(built_of(stack), "k", 30))
    bridge.ask(CutOut(kernel, cut))
    bridge.ask(CutOut(bias, cut))
    for number, task in enumerate(bridge._builder.tasks, 1):
        bridge._builder.publish(Finished(number, task, number))
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told == [2, 4]


def test_each_file_of_values_is_told(bridge, qtbot, tmp_path):
    told = []
    bridge.values_saved.connect(told.append)
    for name in "ab":
        bridge.ask(SaveValues(Selected(StackValues(Stack("s")), name), tmp_path / name))
    for number, task in enumerate(bridge._builder.tasks, 1):
        bridge._builder.publish(Finished(number, task, task.selected.name))
    qtbot.waitUntil(lambda: told == ["a", "b"])


def test_the_end_of_a_trial_run_is_told(bridge, qtbot):
    trial = Trial(Stack("tried"))
    with qtbot.waitSignal(bridge.tried) as told:
        bridge._runs._publish(trial)
    assert told.args == [trial]


def test_the_newest_suggestions_and_each_renamed_checkpoint_are_told(bridge, qtbot, tmp_path):
    told = []
    for signal in (bridge.map_suggested, bridge.renamed):
        signal.connect(told.append)
    side = BuiltTensors("side", {})
    source = CheckpointValues(tmp_path / "m", "")
    for _ in range(2):
        bridge.ask(SuggestMap(NameMapping(side, side)))
        bridge.ask(Rename(source, {}, {}, tmp_path / "n"))
    for number, task in enumerate(bridge._builder.tasks, 1):
        bridge._builder.publish(Finished(number, task, number))
    qtbot.waitUntil(lambda: told == [2, 3, 4])
