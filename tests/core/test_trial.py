"""Trial runs: what builds but can't run is told at its layer, and nothing else is."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace

import psutil
import pytest

from core.graph_runner import STOPPED, GraphRunner
from core.stack import Stack
from core.trial import Trial, is_believed
from tests.forwards import built_with_forward, endless
from tests.stacks import dense, features, layer, stack

_TIMEOUT = 60
_IMAGE = layer("input", "x", shape=(None, 8, 8, 8))


def _convolution(layer_id, **fields):
    fields = {"filters": 4, "kernel_size": 3, "padding": "same"} | fields
    return layer("conv2d", layer_id, data_format="channels_first", **fields)


def _pooling(layer_id):
    return layer("max_pooling2d", layer_id, pool_size=2, strides=2, data_format="channels_first")


def _trial(runner, *nodes) -> Trial:
    built = built_with_forward(stack(*nodes))
    return runner.run(built.stack, built.forward)


@pytest.fixture(scope="module")
def runner():
    """A runner whose process has no oneDNN: it can't compute with channels first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
        runner = GraphRunner()
        runner.start()
    yield runner
    runner.close()


@pytest.mark.parametrize(
    ("error", "message", "op_type", "sizes_known", "believed"),
    [
        ("UnimplementedError", "no such thing", "Conv2D", False, True),
        ("InvalidArgumentError", "MaxPool only supports NHWC", "MaxPool", False, True),
        ("NotFoundError", "No registered 'X' OpKernel for 'CPU'", "", False, True),
        ("InvalidArgumentError", "Computed output size would be negative", "Conv2D", False, False),
        ("InvalidArgumentError", "indices[0] = 3 is not in [0, 3)", "GatherV2", True, True),
        ("InvalidArgumentError", "a multiple of 7", "Reshape", True, False),
        ("InvalidArgumentError", "who knows where", "", True, False),
    ],
)
def test_an_error_that_made_up_sizes_may_have_caused_is_not_believed(
    error, message, op_type, sizes_known, believed
):
    assert is_believed(error, message, op_type, sizes_known=sizes_known) is believed


def test_a_plain_stack_has_no_fault(runner):
    plain = stack(features(), dense("a"), dense("b"))
    assert _trial(runner, *plain.nodes) == Trial(plain)


def test_channels_first_is_told_at_its_layer_and_not_behind_it(runner):
    trial = _trial(runner, _IMAGE, _convolution("c"), layer("flatten", "f"), dense("d"))
    (fault,) = trial.faults
    assert (fault.origin, fault.error) == ("c", "UnimplementedError")
    assert fault.message.startswith("The Conv2D op currently only supports the NHWC tensor format")
    assert "{{" not in fault.message
    assert trial.fault_of("c") == fault
    assert trial.fault_of("d") is None
    assert trial.skipped is None


def test_each_layer_that_fails_by_itself_is_told(runner):
    trial = _trial(runner, _IMAGE, _convolution("c"), _pooling("p"), layer("flatten", "f"))
    assert [fault.origin for fault in trial.faults] == ["c", "p"]
    assert "only supports NHWC" in trial.faults[1].message


def test_an_op_without_a_kernel_is_told_wherever_it_is_to_be_placed(runner):
    image = layer("input", "x", shape=(None, 8, 8, 8, 8), dtype="float16")
    pool = layer("max_pooling3d", "p", pool_size=2, strides=2)
    for device in (None, "/device:CPU:0"):
        trial = _trial(
            runner, image, dense("a"), replace(pool, device=device), layer("flatten", "f")
        )
        assert [fault.origin for fault in trial.faults] == ["p"], trial.skipped
        assert "No OpKernel was registered to support Op 'MaxPool3D'" in trial.faults[0].message
        assert "Registered kernels" not in trial.faults[0].message


def test_sizes_that_were_made_up_are_nobodys_fault(runner):
    unknown = layer("input", "x", shape=(None, None, None, 3))
    valid = layer("conv2d", "c", filters=4, kernel_size=11)
    assert _trial(runner, unknown, valid) == Trial(stack(unknown, valid))
    virtual = layer("batch_normalization", "b", virtual_batch_size=7, training=True)
    assert _trial(runner, features(), virtual).faults == ()


def test_what_would_take_much_memory_is_not_tried(runner):
    large = layer("input", "x", shape=(None, 2**28))
    trial = _trial(runner, large, layer("dropout", "d"))
    assert trial.faults == ()
    assert "is the most for a trial" in trial.skipped


def test_a_process_that_ended_while_it_rested_is_replaced(runner, monkeypatch):
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    _trial(runner, features())
    ended = runner.process.pid
    os.kill(ended, signal.SIGKILL)
    psutil.Process(ended).wait(_TIMEOUT)
    trial = _trial(runner, features(), dense("a"))
    assert trial.skipped is None
    assert runner.process.pid != ended


def test_the_end_of_the_process_is_told_at_the_layer_that_ended_it(monkeypatch):
    # oneDNN makes no inner product of nothing, and says so by ending the process.
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")
    runner = GraphRunner()
    trial = _trial(
        runner, features(), dense("a"), dense("none", units=0), layer("flatten", "f"), dense("z")
    )
    runner.close()
    assert [fault.origin for fault in trial.faults] == ["none", "z"]
    assert {fault.error for fault in trial.faults} == {"SIGABRT"}
    assert "could not create a primitive" in trial.faults[0].message


def test_a_run_that_takes_too_long_is_ended(runner):
    limited = GraphRunner(seconds=0.2)
    limited.process, runner.process = runner.process, None
    trial = limited.run(Stack(), endless())
    assert trial.skipped == "A trial run may take 0.2 s; this one takes longer."
    assert limited.process is None


def test_a_run_that_is_not_wanted_any_more_is_ended():
    runner = GraphRunner()
    _trial(runner, features())
    answers = iter((False, True))
    trial = runner.run(Stack(), endless(), lambda: next(answers))
    assert trial == Trial(Stack(), skipped=STOPPED)
    assert runner.process is None


def test_a_process_that_still_imports_tensorflow_is_kept_for_the_next_run():
    runner = GraphRunner()
    assert runner.run(Stack(), endless(), lambda: True) == Trial(Stack(), skipped=STOPPED)
    assert runner.process.alive
    runner.close()


def test_a_process_that_can_not_be_started_or_ends_at_once_is_no_fault(monkeypatch, tmp_path):
    for program in (tmp_path / "no_python", shutil.which("false")):
        monkeypatch.setattr(sys, "executable", str(program))
        runner = GraphRunner()
        trial = runner.run(Stack(), endless())
        runner.close()
        assert trial.faults == ()
        assert trial.skipped.startswith(("No process can be started", "TensorFlow can't be"))


def test_a_process_ends_with_the_program_whatever_it_does():
    program = (
        "import os, sys; from core.graph_process import GraphProcess;"
        "process = GraphProcess(); process.receive(60, bool); print(process.pid, flush=True);"
        "os._exit(0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=_TIMEOUT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    if psutil.pid_exists(pid := int(done.stdout)):
        psutil.Process(pid).wait(_TIMEOUT)
