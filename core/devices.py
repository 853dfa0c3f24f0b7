"""What there is to build on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.arguments import printable

_LOCAL_JOB = "/job:localhost/replica:0/task:0"


@dataclass(frozen=True, slots=True)
class Target:
    """Where graphs are run: TensorFlow's session target, and its own process for an empty one.

    Attributes:
        session: Such as ``grpc://127.0.0.1:2222``.
        cpu_devices: How many logical CPU devices this process offers.
    """

    session: str = ""
    cpu_devices: int = 1


@dataclass(frozen=True, slots=True)
class Device:
    """A device that TensorFlow reports; `memory` is its limit in bytes."""

    name: str
    type: str
    memory: int


class DeviceError(ValueError):
    """A device that isn't there."""

    def __init__(self, asked: str, there: Iterable[Device]) -> None:
        names = ", ".join(device.name for device in there)
        super().__init__(f'there is no device "{printable(asked)}"; TensorFlow has: {names}')


def list_devices(target: Target) -> tuple[Device, ...]:
    """Return the devices of a target, the one that TensorFlow prefers first."""
    from core.tf1 import tf

    with tf.Graph().as_default(), session(tf.get_default_graph(), target) as opened:
        devices = [
            Device(short_name(found.name), found.device_type, found.memory_limit_bytes)
            for found in opened.list_devices()
        ]
    return tuple(sorted(devices, key=lambda device: device.type == "CPU"))


def session(graph: Any, target: Target) -> Any:
    """Return a session for a graph on a target, which does not optimize it."""
    from core.tf1 import tf

    options = tf.ConfigProto(device_count={"CPU": target.cpu_devices}, allow_soft_placement=True)
    leave_as_it_is(options)
    return tf.Session(target.session, graph=graph, config=options)


def leave_as_it_is(options: Any) -> None:
    """Have a session's options say that graphs are not optimized.

    For one that is run once, that takes several times as long as running it.
    """
    from core.tf1 import tf

    options.graph_options.rewrite_options.disable_meta_optimizer = True
    options.graph_options.optimizer_options.opt_level = tf.OptimizerOptions.L0


def check_device(asked: str, there: tuple[Device, ...]) -> None:
    """Raise DeviceError unless one of the devices is the one that is asked for."""
    from core.tf1 import tf

    try:
        wanted = tf.DeviceSpec.from_string(asked)
    except ValueError:
        raise DeviceError(asked, there) from None
    if not any(_fits(wanted, tf.DeviceSpec.from_string(found.name)) for found in there):
        raise DeviceError(asked, there)


def short_name(name: str) -> str:
    """Return a device's name without the job where that is this process."""
    return name.removeprefix(_LOCAL_JOB)


def _fits(wanted: Any, found: Any) -> bool:
    """Tell whether what is wanted names this device, or says less than its whole name."""
    return all(
        asked is None or asked == there
        for asked, there in (
            (wanted.job, found.job or "localhost"),
            (wanted.replica, found.replica or 0),
            (wanted.task, found.task or 0),
            (wanted.device_type, found.device_type),
            (wanted.device_index, found.device_index),
        )
    )
