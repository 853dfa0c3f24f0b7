"""What a trial run of a built stack found: the layers that build but can't run here."""

from dataclasses import dataclass

from core.stack import Stack

# How TensorFlow says that it has no code for what is asked, whatever the sizes. It says so in
# errors of several classes: UnimplementedError for a convolution, InvalidArgumentError for a pool.
_NO_SUCH_CODE = ("OpKernel", "only support", "not supported")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a layer that was built can't be run.

    Attributes:
        origin: Id of the layer.
        message: TensorFlow's own words.
        error: Name of the exception's class, or of the signal that ended the process.
    """

    origin: str
    message: str
    error: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of running a stack once on a small batch that was made up.

    Attributes:
        stack: What was run.
        faults: The layers that can't be run, in reading order.
        skipped: Why not all of it was tried, None where it was.
    """

    stack: Stack
    faults: tuple[Fault, ...] = ()
    skipped: str | None = None

    def fault_of(self, origin: str) -> Fault | None:
        """Return why a layer can't be run, None where it can, or was not tried."""
        return next((fault for fault in self.faults if fault.origin == origin), None)


def is_believed(error: str, message: str, op_type: str, *, sizes_known: bool) -> bool:
    """Tell whether an error is the stack's, and not that of the sizes that were made up for it.

    This is the one place for the rule. The end of the process is always believed, and so is what
    says that there is no code for an op. Other errors may come of a size that was made up, so they
    are believed only where none was but the batch's. Of errors that depend on the batch's size
    there is one kind: a Reshape that divides it, as batch normalization in virtual batches does.

    Args:
        error: Name of the exception's class.
        message: TensorFlow's words.
        op_type: The type of the op that failed, empty where TensorFlow does not say.
        sizes_known: Whether all dimensions but the first are known in each tensor made up.
    """
    if error == "UnimplementedError" or any(words in message for words in _NO_SUCH_CODE):
        return True
    return sizes_known and op_type not in {"", "Reshape"}
