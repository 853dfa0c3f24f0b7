"""What the builder thread tells of its requests."""

from dataclasses import dataclass

from core.devices import Device
from core.tasks import Result, Task


@dataclass(frozen=True, slots=True)
class Ready:
    """TensorFlow is imported."""

    version: str
    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class Started:
    """A request is being worked on."""

    number: int
    task: Task


@dataclass(frozen=True, slots=True)
class Finished:
    """A request ended with a result."""

    number: int
    task: Task
    result: Result


@dataclass(frozen=True, slots=True)
class Failed:
    """A request ended with an error; the message is one sentence for the user."""

    number: int
    task: Task
    message: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A request ended because it was cancelled, or a newer one took its place."""

    number: int
    task: Task


Event = Ready | Started | Finished | Failed | Cancelled


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the request of this number is, in numbers and in words."""

    number: int
    done: int
    total: int
    text: str
