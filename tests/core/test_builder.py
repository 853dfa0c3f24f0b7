"""The builder thread: newest wins, one ending for each request."""

import queue
import threading

import psutil
import pytest

from core import builder as builder_module
from core import tf1, weights
from core.builder import (
    Build,
    Builder,
    Cancelled,
    Compare,
    Export,
    Failed,
    Finished,
    Ready,
    Started,
    Summarize,
)
from tests.stacks import dense, features, stack

_TIMEOUT = 60


class _Events:
    """What a builder published, to be waited for."""

    def __init__(self):
        self._queue = queue.Queue()
        self.seen = []
        self.hook = None

    def publish(self, event):
        if self.hook is not None:
            self.hook(event)
        self._queue.put(event)

    def until(self, number, *kinds):
        """Return the event of one of these kinds that a request bears, once it comes."""
        while True:
            event = self._queue.get(timeout=_TIMEOUT)
            self.seen.append(event)
            if getattr(event, "number", None) == number and isinstance(event, kinds):
                return event

    def endings(self):
        return [
            (event.number, type(event))
            for event in self.seen
            if isinstance(event, Finished | Failed | Cancelled)
        ]


@pytest.fixture
def events():
    return _Events()


@pytest.fixture
def builder(events):
    builder = Builder(events.publish)
    builder.start()
    yield builder
    builder.close()


_ENDINGS = (Finished, Failed, Cancelled)
_SMALL = stack(features(), dense("a", name="d"))
_LARGE = stack(features(), *(dense(f"d{index}") for index in range(400)))


def test_it_is_ready_before_it_works(builder, events):
    events.until(builder.submit(Build(_SMALL)), *_ENDINGS)
    kinds = [type(event) for event in events.seen]
    assert kinds == [Ready, Started, Finished]
    assert events.seen[0].devices[0].name == "/device:CPU:0"
    assert events.seen[0].version.startswith("2.")


def test_a_build_ends_with_what_was_built(builder, events):
    ending = events.until(builder.submit(Build(_SMALL)), *_ENDINGS)
    assert [found.name for found in ending.result.variables] == ["d/kernel", "d/bias"]
    assert ending.result.stack is _SMALL
    assert builder.progress is None


def test_a_refusal_is_a_result(builder, events):
    twice = stack(features(), dense("a", name="d"), dense("b", name="d"))
    ending = events.until(builder.submit(Build(twice)), *_ENDINGS)
    assert ending.result.refusal.origin == "b"


def test_the_newest_build_wins_over_a_running_one(builder, events):
    first = builder.submit(Build(_LARGE))
    events.until(first, Started)
    second = builder.submit(Build(_SMALL))
    assert isinstance(events.until(second, *_ENDINGS), Finished)
    assert events.endings() == [(first, Cancelled), (second, Finished)]


def test_the_newest_build_wins_over_those_that_wait(builder, events):
    running = builder.submit(Build(_LARGE))
    events.until(running, Started)
    numbers = [builder.submit(Build(_SMALL)) for _ in range(5)]
    events.until(numbers[-1], Finished)
    endings = dict(events.endings())
    assert endings == dict.fromkeys([running, *numbers[:-1]], Cancelled) | {numbers[-1]: Finished}
    assert len(events.endings()) == 6


def test_a_build_does_not_wait_for_a_summary(builder, events):
    built = events.until(builder.submit(Build(_LARGE)), Finished).result
    names = tuple(variable.name for variable in built.variables)
    running = builder.submit(Summarize(_LARGE, names))
    events.until(running, Started)
    events.until(builder.submit(Build(_SMALL)), Finished)
    assert dict(events.endings())[running] is Cancelled


def test_an_export_that_waits_is_not_lost_to_a_build(builder, events, tmp_path):
    events.until(builder.submit(Build(_LARGE)), Started)
    export = builder.submit(Export(_SMALL, tmp_path / "m"))
    last = builder.submit(Build(_SMALL))
    events.until(last, Finished)
    assert (export, Finished) in events.endings()
    assert (tmp_path / "m.index").exists()


def test_cancel_ends_the_running_request_and_those_that_wait(builder, events, tmp_path):
    running = builder.submit(Build(_LARGE))
    events.until(running, Started)
    waiting = builder.submit(Export(_SMALL, tmp_path / "m"))
    builder.cancel()
    events.until(waiting, *_ENDINGS)
    assert sorted(events.endings()) == [(running, Cancelled), (waiting, Cancelled)]
    assert builder.progress is None


def test_a_cancelled_builder_still_works(builder, events):
    builder.cancel()
    assert isinstance(events.until(builder.submit(Build(_SMALL)), *_ENDINGS), Finished)


def test_progress_tells_how_far_it_is(builder, events):
    seen = []
    halfway = threading.Event()

    def hook(event):
        if isinstance(event, Started):
            halfway.set()

    events.hook = hook
    number = builder.submit(Build(_LARGE))
    assert halfway.wait(_TIMEOUT)
    while not seen or seen[-1].done < 5:
        if (progress := builder.progress) is not None:
            seen.append(progress)
    builder.cancel()
    events.until(number, Cancelled)
    assert {found.total for found in seen} == {401}
    assert {found.number for found in seen} == {number}


def test_a_device_that_is_not_there_fails_in_one_sentence(builder, events):
    lost = stack(features(), device="/device:GPU:3")
    ending = events.until(builder.submit(Build(lost)), *_ENDINGS)
    assert isinstance(ending, Failed)
    assert ending.message == 'there is no device "/device:GPU:3"; TensorFlow has: /device:CPU:0'


def test_a_summary_holds_the_values_of_the_build(builder, events):
    events.until(builder.submit(Build(_SMALL)), Finished)
    task = Summarize(_SMALL, ("d/bias", "d/kernel"))
    bias, kernel = events.until(builder.submit(task), Finished).result
    assert (bias.name, bias.statistics.count, bias.statistics.zeros) == ("d/bias", 3, 1.0)
    assert kernel.shape == (4, 3)
    assert kernel.counts.sum() == 12


def test_a_summary_of_another_stack_builds_that_one(builder, events):
    events.until(builder.submit(Build(_SMALL)), Finished)
    other = stack(features(size=9), dense("a", name="other"))
    (kernel,) = events.until(builder.submit(Summarize(other, ("other/kernel",))), Finished).result
    assert kernel.shape == (9, 3)


def test_an_export_of_nothing_fails_in_one_sentence(builder, events, tmp_path):
    empty = stack(features())
    ending = events.until(builder.submit(Export(empty, tmp_path / "m")), *_ENDINGS)
    assert isinstance(ending, Failed)
    assert ending.message == "there are no variables to write; add a layer that has some"


def test_closing_ends_the_thread_and_what_runs(events):
    builder = Builder(events.publish)
    builder.start()
    number = builder.submit(Build(_LARGE))
    events.until(number, Started)
    waiting = builder.submit(Build(_SMALL))
    builder.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "builder"]
    events.until(waiting, Cancelled)
    assert sorted(events.endings()) == [(number, Cancelled), (waiting, Cancelled)]


def test_a_builder_that_was_never_started_can_be_closed(events):
    Builder(events.publish).close()


def test_without_tensorflow_each_request_says_so(events, monkeypatch):
    def broken():
        raise ImportError("libtensorflow is damaged")

    told = []
    monkeypatch.setattr(tf1, "preload", broken)
    monkeypatch.setattr(threading, "excepthook", told.append)
    builder = Builder(events.publish)
    builder.start()
    ending = events.until(builder.submit(Build(_SMALL)), *_ENDINGS)
    builder.close()
    assert isinstance(ending, Failed)
    assert "TensorFlow can't be imported: libtensorflow is damaged" in ending.message
    assert len(told) == 1


def test_a_summary_that_does_not_fit_into_memory_is_not_begun(builder, events, monkeypatch):
    events.until(builder.submit(Build(_SMALL)), Finished)
    memory = psutil.virtual_memory()._replace(available=100)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    failed = events.until(builder.submit(Summarize(_SMALL, ("d/kernel",))), *_ENDINGS)
    assert failed.message == "summarizing d/kernel takes 264 B, and 100 B of memory is free"


def test_memory_that_is_not_there_is_no_bug(builder, events, monkeypatch):
    def give_up(*_):
        raise MemoryError

    events.until(builder.submit(Build(_SMALL)), Finished)
    monkeypatch.setattr(weights, "_statistics", give_up)
    failed = events.until(builder.submit(Summarize(_SMALL, ("d/kernel",))), *_ENDINGS)
    assert failed.message == "there is not enough memory for it"


def test_native_code_that_hangs_does_not_keep_the_window_from_closing(builder, events, monkeypatch):
    hangs = threading.Event()
    monkeypatch.setattr(builder_module, "compare", lambda *_: hangs.wait(_TIMEOUT))
    monkeypatch.setattr(builder_module, "_PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(builder_module, "_LONGEST_SECONDS", 0.02)
    events.until(builder.submit(Compare(_SMALL)), Started)
    assert not builder.close()
    hangs.set()
    monkeypatch.undo()
    assert builder.close()
