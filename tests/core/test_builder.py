"""The builder thread: newest wins, one ending for each request."""

import queue
import threading
import time
from dataclasses import replace

import numpy as np
import psutil
import pytest

from core import builder as builder_module
from core import tf1, weights
from core.builder import Builder
from core.cutout import Cut
from core.devices import Target
from core.events import Cancelled, Failed, Finished, Ready, Started
from core.hazards.table import hazards
from core.name_mapping import NameMapping
from core.named_tensors import built_tensors
from core.restored import Restoring
from core.script import script
from core.shape_steps import AcceptedStep
from core.sources import Selected, StackValues
from core.tasks import (
    Build,
    BuildEach,
    Code,
    Compare,
    CutOut,
    Export,
    ExportScript,
    FindFixes,
    OpenCheckpoint,
    Rename,
    Restore,
    SaveValues,
    SuggestMap,
    Summarize,
    WriteCode,
)
from core.worker import Worker
from tests import checkpoints
from tests.stacks import dense, features, layer, stack

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


def _selected(found, *names):
    """Return variables of a stack, to be looked at."""
    return tuple(Selected(StackValues(found), name) for name in names)


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
    running = builder.submit(Summarize(_selected(_LARGE, *names)))
    events.until(running, Started)
    events.until(builder.submit(Build(_SMALL)), Finished)
    assert dict(events.endings())[running] is Cancelled


def test_an_export_that_waits_is_not_lost_to_a_build(builder, events, tmp_path):
    events.until(builder.submit(Build(_LARGE)), Started)
    export = builder.submit(Export(StackValues(_SMALL), tmp_path / "m"))
    last = builder.submit(Build(_SMALL))
    events.until(last, Finished)
    assert (export, Finished) in events.endings()
    assert (tmp_path / "m.index").exists()


def test_cancel_ends_the_running_request_and_those_that_wait(builder, events, tmp_path):
    running = builder.submit(Build(_LARGE))
    events.until(running, Started)
    waiting = builder.submit(Export(StackValues(_SMALL), tmp_path / "m"))
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
    task = Summarize(_selected(_SMALL, "d/bias", "d/kernel"))
    bias, kernel = events.until(builder.submit(task), Finished).result
    assert (bias.name, bias.statistics.count, bias.statistics.zeros) == ("d/bias", 3, 1.0)
    assert kernel.shape == (4, 3)
    assert kernel.counts.sum() == 12


def test_a_summary_of_another_stack_builds_that_one(builder, events):
    events.until(builder.submit(Build(_SMALL)), Finished)
    other = stack(features(size=9), dense("a", name="other"))
    (kernel,) = events.until(
        builder.submit(Summarize(_selected(other, "other/kernel"))), Finished
    ).result
    assert kernel.shape == (9, 3)


def test_an_export_of_nothing_fails_in_one_sentence(builder, events, tmp_path):
    empty = stack(features())
    ending = events.until(builder.submit(Export(StackValues(empty), tmp_path / "m")), *_ENDINGS)
    assert isinstance(ending, Failed)
    assert ending.message == "The stack has no variables; add a layer that has some."


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


# Fixes


def _refused(count=0):
    nodes = [dense(f"d{index}") for index in range(count)]
    return stack(features(), *nodes, dense("a", name="d"), dense("b", 3, name="d"))


def test_a_search_for_fixes_ends_with_those_that_hold(builder, events):
    built = events.until(builder.submit(Build(_refused())), *_ENDINGS).result
    ending = events.until(builder.submit(FindFixes(built)), *_ENDINGS)
    assert "Name it d_1" in [fix.command.text for fix in ending.result]


def test_a_search_for_fixes_of_hazards_ends_with_those(builder, events):
    surprising = stack(features(), dense("a"), dense("b"), layer("dropout", "e"))
    built = events.until(builder.submit(Build(surprising)), *_ENDINGS).result
    ending = events.until(builder.submit(FindFixes(built, hazards(built))), *_ENDINGS)
    assert [(fix.node, fix.hazard) for fix in ending.result] == [
        ("b", "names_by_order"),
        ("e", "dropout_without_training"),
    ]


def test_a_build_takes_the_place_of_a_search_for_fixes(builder, events):
    built = events.until(builder.submit(Build(_refused(60))), Finished).result
    search = builder.submit(FindFixes(built))
    events.until(search, Started)
    events.until(builder.submit(Build(_SMALL)), Finished)
    assert dict(events.endings())[search] is Cancelled


def test_other_requests_come_before_a_search_for_fixes(builder, events):
    large = _refused(60)
    built = events.until(builder.submit(Build(large)), Finished).result
    search = builder.submit(FindFixes(built))
    events.until(search, Started)
    summary = builder.submit(Summarize(_selected(large, "d/kernel")))
    events.until(summary, Finished)
    assert search not in dict(events.endings())
    ending = events.until(search, *_ENDINGS)
    assert isinstance(ending, Finished)
    assert ending.result
    assert [number for number, _ in events.endings()].count(search) == 1


def test_cancel_ends_a_search_for_fixes_for_good(builder, events):
    built = events.until(builder.submit(Build(_refused(60))), Finished).result
    search = builder.submit(FindFixes(built))
    events.until(search, Started)
    builder.submit(Summarize(()))
    builder.cancel()
    events.until(search, Cancelled)


def test_code_ends_with_a_script_for_each_construction(builder, events):
    builder.submit(Build(_SMALL))
    both = WriteCode(_SMALL, ("a",), ("layers", "get_variable"))
    result = events.until(builder.submit(both), *_ENDINGS).result
    assert isinstance(result, Code)
    by_layers, by_hand = (found.text for found in result.scripts)
    assert "tf.layers.dense" in by_layers
    assert "tf.get_variable" in by_hand
    whole = events.until(builder.submit(WriteCode(_SMALL)), *_ENDINGS).result
    assert [found.text for found in whole.scripts] == [script(_SMALL).text]


def test_newer_code_and_a_newer_build_take_the_place_of_code(builder, events):
    numbers = [
        builder.submit(task)
        for task in (WriteCode(_LARGE), WriteCode(_SMALL), Build(_SMALL), WriteCode(_SMALL))
    ]
    events.until(numbers[-1], *_ENDINGS)
    assert dict(events.endings()) == dict(
        zip(numbers, (Cancelled, Cancelled, Finished, Finished), strict=True)
    )


def test_code_that_is_being_written_can_be_cancelled(builder, events):
    by_hand = replace(
        _LARGE,
        nodes=tuple(
            replace(node, construction="get_variable") if node.kind == "dense" else node
            for node in _LARGE.nodes
        ),
    )
    number = builder.submit(WriteCode(by_hand))
    events.until(number, Started)
    builder.cancel()
    assert isinstance(events.until(number, *_ENDINGS), Cancelled)


def test_a_script_is_written_to_its_file(builder, events, tmp_path):
    path = tmp_path / "model.py"
    assert events.until(builder.submit(ExportScript(_SMALL, path)), *_ENDINGS).result == path
    assert path.read_text(encoding="utf-8") == script(_SMALL).text


def test_a_script_that_can_not_be_written_says_why(builder, events, tmp_path):
    path = tmp_path / "nowhere" / "model.py"
    failed = events.until(builder.submit(ExportScript(_SMALL, path)), *_ENDINGS)
    assert isinstance(failed, Failed)
    assert failed.message == "model.py can't be written: No such file or directory"


def test_a_summary_that_does_not_fit_into_memory_is_not_begun(builder, events, monkeypatch):
    events.until(builder.submit(Build(_SMALL)), Finished)
    memory = psutil.virtual_memory()._replace(available=100)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    failed = events.until(builder.submit(Summarize(_selected(_SMALL, "d/kernel"))), *_ENDINGS)
    assert failed.message == "summarizing d/kernel takes 32.0 MB, and 100 B of memory is free"


def test_memory_that_is_not_there_is_no_bug(builder, events, monkeypatch):
    def give_up(*_):
        raise MemoryError

    events.until(builder.submit(Build(_SMALL)), Finished)
    monkeypatch.setattr(weights, "summary", give_up)
    failed = events.until(builder.submit(Summarize(_selected(_SMALL, "d/kernel"))), *_ENDINGS)
    assert failed.message == "there is not enough memory for it"


def test_native_code_that_hangs_does_not_keep_the_window_from_closing(builder, events, monkeypatch):
    hangs = threading.Event()
    monkeypatch.setattr("core.worker.compare", lambda *_: hangs.wait(_TIMEOUT))
    monkeypatch.setattr(builder_module, "_PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(builder_module, "_LONGEST_SECONDS", 0.02)
    events.until(builder.submit(Compare(_SMALL)), Started)
    assert not builder.close()
    hangs.set()
    monkeypatch.undo()
    assert builder.close()


def _opened(builder, events, tmp_path, **arrays):
    """Open a checkpoint of some arrays; return where its values come from."""
    prefix = checkpoints.save_arrays(tmp_path / "m", arrays)
    return events.until(builder.submit(OpenCheckpoint(prefix)), Finished).result.source


def test_a_map_is_suggested(builder, events):
    side = built_tensors(events.until(builder.submit(Build(_SMALL)), Finished).result)
    mapping = NameMapping(side, side)
    ending = events.until(builder.submit(SuggestMap(mapping)), *_ENDINGS)
    assert ending.result.map == {"d/kernel": "d/kernel", "d/bias": "d/bias"}


def test_a_renamed_checkpoint_is_written_with_its_steps(builder, events, tmp_path):
    source = _opened(builder, events, tmp_path, a=[[1.0, 2.0]])
    steps = {"a": AcceptedStep("transposed", (2, 1))}
    ending = events.until(
        builder.submit(Rename(source, {"a": "b"}, steps, tmp_path / "n")), *_ENDINGS
    )
    assert ending.result.compared == 1
    assert ending.result.plan.steps == steps
    assert (tmp_path / "n.index").exists()


def test_a_rename_that_cannot_be_done_says_why(builder, events, tmp_path):
    source = _opened(builder, events, tmp_path, a=1.0)
    ending = events.until(builder.submit(Rename(source, {"c": "b"}, {}, tmp_path / "n")), *_ENDINGS)
    assert 'has no "c"' in ending.message


def test_a_rename_tells_its_progress_and_is_cancelled(builder, events, tmp_path):
    source = _opened(builder, events, tmp_path, a=np.zeros([16, 2**20], np.float32))
    (tmp_path / "out").mkdir()
    number = builder.submit(Rename(source, {"a": "b"}, {}, tmp_path / "out" / "n"))
    deadline = time.monotonic() + _TIMEOUT
    while (progress := builder.progress) is None or not progress.text.startswith("writing"):
        assert time.monotonic() < deadline
        threading.Event().wait(0.001)  # a busy loop would keep the builder from starting TensorFlow
    builder.cancel()
    assert isinstance(events.until(number, *_ENDINGS), Cancelled)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.fixture
def trained(tmp_path):
    """A checkpoint of other values for the small stack."""
    arrays = {"d/kernel": np.full((4, 3), 5, np.float32), "d/bias": np.ones(3, np.float32)}
    return checkpoints.save_arrays(tmp_path / "trained", arrays)


_INITIAL = StackValues(_SMALL)


def _restored(restoring):
    return replace(_INITIAL, restored=restoring)


def _means(events, builder, *sources):
    selected = tuple(Selected(source, "d/kernel") for source in sources)
    found = events.until(builder.submit(Summarize(selected)), *_ENDINGS).result
    return [weights.statistics.mean for weights in found]


def test_values_are_those_that_were_restored_until_the_next_build(builder, events, trained):
    events.until(builder.submit(Build(_SMALL)), *_ENDINGS)
    (initial,) = _means(events, builder, _INITIAL)
    restoring = Restoring(trained)
    ending = events.until(builder.submit(Restore(_INITIAL, restoring)), *_ENDINGS)
    assert ending.result.variables == {"d/kernel", "d/bias"}
    assert _means(events, builder, _restored(restoring), _INITIAL) == [5, initial]
    events.until(builder.submit(Build(_SMALL)), *_ENDINGS)
    assert _means(events, builder, _INITIAL) == [initial]


def test_initial_values_can_be_looked_at_beside_the_restored_ones(
    builder, events, trained, tmp_path
):
    events.until(builder.submit(Build(_SMALL)), *_ENDINGS)
    cut = Cut(((0, 4, 1), (0, 3, 1)))
    drawn = events.until(builder.submit(CutOut(Selected(_INITIAL, "d/kernel"), cut)), *_ENDINGS)
    restoring = Restoring(trained)
    events.until(builder.submit(Restore(_INITIAL, restoring)), *_ENDINGS)
    initial = Selected(_INITIAL, "d/kernel", "d/kernel (initial)")
    again = events.until(builder.submit(CutOut(initial, cut)), *_ENDINGS).result
    assert again.name == "d/kernel (initial)"
    assert np.array_equal(again.values, drawn.result.values)
    events.until(builder.submit(SaveValues(initial, tmp_path / "k.npy")), *_ENDINGS)
    assert np.array_equal(np.load(tmp_path / "k.npy"), drawn.result.values)


def test_a_request_says_what_is_restored_whatever_was_built_between(
    builder, events, trained, tmp_path
):
    restoring = Restoring(trained)
    events.until(builder.submit(Restore(_INITIAL, restoring)), *_ENDINGS)
    # The script of another stack takes the builder's one graph.
    events.until(builder.submit(WriteCode(stack(features(), dense("z")), ("z",))), *_ENDINGS)
    task = Export(_restored(restoring), tmp_path / "out")
    exported = events.until(builder.submit(task), *_ENDINGS).result
    assert exported.restored.restoring == restoring
    assert checkpoints.read_all(tmp_path / "out")["d/kernel"].mean() == 5
    selected = Selected(_restored(restoring), "d/kernel")
    events.until(builder.submit(SaveValues(selected, tmp_path / "k.npy")), *_ENDINGS)
    assert np.load(tmp_path / "k.npy").mean() == 5
    initial = events.until(builder.submit(Export(_INITIAL, tmp_path / "in")), *_ENDINGS).result
    assert initial.restored is None
    assert checkpoints.read_all(tmp_path / "in")["d/kernel"].mean() != 5


def test_a_second_checkpoint_takes_the_place_of_the_first(builder, events, trained, tmp_path):
    part = checkpoints.save_arrays(tmp_path / "part", {"d/bias": np.full(3, 9, np.float32)})
    (initial,) = _means(events, builder, _INITIAL)
    events.until(builder.submit(Restore(_INITIAL, Restoring(trained))), *_ENDINGS)
    restoring = Restoring(part, partial=True)
    ending = events.until(builder.submit(Restore(_INITIAL, restoring)), *_ENDINGS)
    assert ending.result.variables == {"d/bias"}
    assert _means(events, builder, _restored(restoring)) == [initial]


def test_a_checkpoint_that_is_gone_fails_and_leaves_the_initial_values(
    builder, events, trained, tmp_path
):
    (initial,) = _means(events, builder, _INITIAL)
    task = Restore(_INITIAL, Restoring(tmp_path / "no"))
    ending = events.until(builder.submit(task), *_ENDINGS)
    assert isinstance(ending, Failed)
    assert "there is no checkpoint" in ending.message
    assert _means(events, builder, _INITIAL) == [initial]


def test_a_cancelled_restore_leaves_no_value_behind(builder, events, trained):
    (initial,) = _means(events, builder, _INITIAL)
    events.hook = lambda event: isinstance(event, Started) and builder.cancel()
    task = Restore(_INITIAL, Restoring(trained))
    ending = events.until(builder.submit(task), *_ENDINGS)
    assert isinstance(ending, Cancelled)
    events.hook = None
    assert _means(events, builder, _INITIAL) == [initial]


def test_the_summary_of_one_large_variable_can_be_stopped_on_its_way():
    class StopError(Exception):
        pass

    told = []

    def on_progress(done: int, total: int, text: str) -> None:
        told.append(text)
        if text == "summarizing d/kernel" and done > total / 2:
            raise StopError

    large = stack(features(size=2048), dense("d", 2048, name="d"))
    worker = Worker(Target(), lambda: False)
    with pytest.raises(StopError):
        worker.ending(1, Summarize(_selected(large, "d/kernel")), on_progress)
    worker.close()
    assert told.count("summarizing d/kernel") > 1


def test_a_stack_is_built_by_each_construction_without_its_values(builder, events):
    number = builder.submit(BuildEach(_SMALL, ("layers", "get_variable", None)))
    found = events.until(number, Finished).result
    ways = [{layer.construction for layer in built.layers} - {None} for built in found]
    assert ways[:2] == [{"layers"}, {"get_variable"}]
    assert found[2].stack == _SMALL
    assert all(built.forward is not None for built in found)
    assert all(built.undrawn for built in found)
