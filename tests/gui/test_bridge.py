"""The bridge: which of the builder's events it passes on."""

import pytest

from core.builder import Finished
from core.stack import Stack
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
        bridge.build(Stack(name))
    for number, task in enumerate(builder.tasks, 1):
        builder.publish(Finished(number, task, built_of(task.stack)))
    qtbot.waitUntil(lambda: len(ended) == 2)
    assert [found.stack.name for found in built] == ["second"]
    assert [event.task for event in ended] == builder.tasks


def test_the_end_of_a_trial_run_is_told(bridge, qtbot):
    trial = Trial(Stack("tried"))
    with qtbot.waitSignal(bridge.tried) as told:
        bridge._runs._publish(trial)
    assert told.args == [trial]
