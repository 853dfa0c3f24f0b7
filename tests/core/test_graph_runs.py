"""The thread of the trial runs: newest wins, one ending for each, nothing left behind."""

import queue
import threading
from dataclasses import replace

import psutil
import pytest

from core.graph_runner import STOPPED, GraphRunner
from core.graph_runs import GraphRuns, SignalsFound, SignalsWanted
from core.numbers import Feed
from core.signals import Signals
from core.stack import Stack
from core.trial import Trial
from tests.builts import built
from tests.forwards import built_with_forward, endless
from tests.stacks import dense, features, stack

_TIMEOUT = 60


class _Runner:
    """Runs until it is told to end, or to stop."""

    def __init__(self):
        self.started = queue.Queue()
        self.go_on = threading.Semaphore(0)
        self.closed = threading.Event()

    def run(self, stack, forward, stop):
        self.started.put(stack.name)
        while not self.go_on.acquire(timeout=0.01):
            if stop():
                return Trial(stack, skipped=STOPPED)
        if stack.name == "bug":
            raise KeyError(stack.name)
        return Trial(stack)

    def find_signals(self, forward, feed, stop):
        self.run(Stack(f"signals {feed.seed}"), forward, stop)
        return Signals(skipped=STOPPED if stop() else None)

    def close(self):
        self.closed.set()


@pytest.fixture
def runner():
    return _Runner()


@pytest.fixture
def endings():
    return queue.Queue()


@pytest.fixture
def trials(runner, endings):
    trials = GraphRuns(endings.put, runner)
    yield trials
    trials.close()
    assert runner.closed.is_set() or runner.started.empty()


def _built(name):
    return replace(built(Stack(name), ()), forward=endless())


def _next(endings):
    trial = endings.get(timeout=_TIMEOUT)
    return trial.stack.name, trial.skipped


def test_a_trial_ends_once(trials, runner, endings):
    trials.submit(_built("a"))
    runner.go_on.release()
    assert _next(endings) == ("a", None)
    trials.close()
    assert endings.empty()


def test_the_newest_takes_the_place_of_those_that_wait(trials, runner, endings):
    trials.submit(_built("a"))
    assert runner.started.get(timeout=_TIMEOUT) == "a"
    for name in "bcd":
        trials.submit(_built(name))
    runner.go_on.release(2)
    ends = [_next(endings) for _ in "abcd"]
    assert ends == [("a", None), ("b", STOPPED), ("c", STOPPED), ("d", None)]


def test_the_newest_does_not_wait_long_for_one_that_runs(trials, runner, endings):
    trials.submit(_built("a"))
    assert runner.started.get(timeout=_TIMEOUT) == "a"
    trials.submit(_built("b"))
    assert _next(endings) == ("a", STOPPED)
    runner.go_on.release()
    assert _next(endings) == ("b", None)


def test_cancel_ends_all_and_more_can_come(trials, runner, endings):
    trials.submit(_built("a"))
    assert runner.started.get(timeout=_TIMEOUT) == "a"
    trials.submit(_built("b"))
    trials.cancel()
    assert sorted([_next(endings), _next(endings)]) == [("a", STOPPED), ("b", STOPPED)]
    trials.submit(_built("c"))
    runner.go_on.release()
    assert _next(endings) == ("c", None)


def test_a_bug_ends_the_trial_and_not_the_thread(trials, runner, endings, monkeypatch):
    told = []
    monkeypatch.setattr(threading, "excepthook", told.append)
    trials.submit(_built("bug"))
    runner.go_on.release(2)
    assert _next(endings) == ("bug", "KeyError: 'bug'")
    trials.submit(_built("a"))
    assert _next(endings) == ("a", None)
    assert len(told) == 1


def test_nothing_is_started_before_the_first_trial(trials, runner):
    assert not [thread for thread in threading.enumerate() if thread.name == "trials"]
    assert GraphRunner().process is None


def test_closing_leaves_no_process_and_no_thread():
    endings, layers = queue.Queue(), queue.Queue()
    runner = GraphRunner()
    trials = GraphRuns(endings.put, runner)
    plain = stack(features(), dense("a"))
    trials.submit(built_with_forward(plain))
    assert endings.get(timeout=_TIMEOUT) == Trial(plain)
    process = psutil.Process(runner.process.pid)
    receive = runner.process.receive

    def told(seconds, stop):
        layers.put(seconds)
        return receive(seconds, stop)

    runner.process.receive = told
    trials.submit(_built("endless"))
    layers.get(timeout=_TIMEOUT)
    trials.close()
    assert endings.get(timeout=_TIMEOUT).skipped == STOPPED
    assert not process.is_running()
    assert not [thread for thread in threading.enumerate() if thread.name == "trials"]


def test_signals_have_an_ending_for_each_build(trials, runner, endings):
    wanted = SignalsWanted((_built("a"), _built("b")), Feed(seed=3))
    trials.submit(wanted)
    runner.go_on.release(2)
    assert endings.get(timeout=_TIMEOUT) == SignalsFound(wanted, (Signals(), Signals()))


def test_newer_signals_take_the_place_of_older_ones_and_not_of_a_trial(trials, runner, endings):
    trials.submit(_built("a"))
    assert runner.started.get(timeout=_TIMEOUT) == "a"
    older, newer = (SignalsWanted((_built("b"),), Feed(seed=seed)) for seed in (1, 2))
    trials.submit(older)
    trials.submit(newer)
    runner.go_on.release(2)
    ends = [endings.get(timeout=_TIMEOUT) for _ in range(3)]
    assert Trial(Stack("a")) in ends
    assert SignalsFound(older, (Signals(skipped=STOPPED),)) in ends
    assert SignalsFound(newer, (Signals(),)) in ends


def test_cancel_ends_signals_too(trials, runner, endings):
    wanted = SignalsWanted((_built("a"),), Feed())
    trials.submit(wanted)
    assert runner.started.get(timeout=_TIMEOUT) == "signals 0"
    trials.cancel()
    assert endings.get(timeout=_TIMEOUT) == SignalsFound(wanted, (Signals(skipped=STOPPED),))
