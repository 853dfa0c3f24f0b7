"""The values of a variable, and its histogram, as files."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.format import dtype_to_descr, write_array_header_1_0
from numpy.typing import NDArray

from core.atomic import written_whole
from core.cutout import is_foreign, plain
from core.progress import OnProgress, ignore_progress
from core.quantities import show_bytes, show_count
from core.weights import Weights

if TYPE_CHECKING:
    from core.stored_values import StoredValues

    _Values = NDArray[Any] | StoredValues

# About a quarter of a second of text.
_ROWS = 2**17


class UnwritableError(ValueError):
    """A file can't be written; the text says why."""


@dataclass(frozen=True, slots=True)
class SavedValues:
    """A file of values that was written.

    Attributes:
        note: What is other in the file than in the variable, else empty.
    """

    path: Path
    name: str
    values: int
    bytes: int
    note: str = ""

    @property
    def sentence(self) -> str:
        """What was written, for the user."""
        size = f"{show_count(self.values, 'value')} of {self.name}, {show_bytes(self.bytes)}"
        note = f"; {self.note}" if self.note else ""
        return f"Wrote {self.path.name} to {self.path.parent}: {size}{note}"


def save_values(
    path: Path, name: str, values: "_Values", on_progress: OnProgress = ignore_progress
) -> SavedValues:
    """Write values as CSV where the name ends so, else as .npy; whole or not at all.

    Args:
        path: Where to.
        name: What they are called.
        values: An array, or what stands for one that is read in slices.
        on_progress: Called between portions; what it raises ends the writing.

    Raises:
        UnwritableError: It can't be written; what stood there is as it was.
    """
    try:
        return _save(path, name, values, on_progress)
    except OSError as error:
        raise UnwritableError(f"{path.name} can't be written: {error.strerror or error}") from error


def histogram_csv(weights: tuple[Weights, ...]) -> str:
    """Return histograms as CSV: each bin's limits, its count, and the count that is expected."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["variable", "from", "to", "count", "expected"])
    for found in weights:
        foretold: list[Any] = [""] * found.counts.size
        if found.density is not None and found.density.known:
            foretold = list(expected_counts(found))
        for at, count in enumerate(found.counts):
            ends = float(found.edges[at]), float(found.edges[at + 1])
            writer.writerow([found.name, *map(repr, ends), int(count), foretold[at]])
    return text.getvalue()


def expected_counts(weights: Weights) -> list[float]:
    """Return how many of the finite values the density puts into each bin."""
    density = weights.density
    assert density is not None
    # A bin has its lower limit in it, and so the spike there; the last one has both.
    limits = weights.edges.copy()
    limits[:-1] = np.nextafter(limits[:-1], -np.inf)
    return [float(found) for found in np.diff(density.cdf(limits)) * weights.finite]


def _save(path: Path, name: str, values: "_Values", on_progress: OnProgress) -> SavedValues:
    note = ""
    with written_whole(path) as file:
        if path.suffix.lower() == ".csv":
            for text in _value_lines(values, on_progress):
                file.write(text.encode())
        else:
            if values.dtype == object:
                raise UnwritableError("texts have no .npy form; write them as CSV")
            kind = values.dtype
            if is_foreign(kind):
                note = f"as float32, since .npy has no {kind.name}"
                kind = np.dtype(np.float32)
            form = {"descr": dtype_to_descr(kind), "fortran_order": False, "shape": values.shape}
            write_array_header_1_0(file, form)
            for _, part in _portions(values, on_progress):
                file.write(part.data)
        size = file.tell()
    return SavedValues(path, name, values.size, size, note)


def _portions(values: "_Values", on_progress: OnProgress) -> Iterator[tuple[int, NDArray[Any]]]:
    """Yield values in the order they lie in, with the place of the first of each portion."""
    flat = values.reshape(-1)
    for start in range(0, flat.size, _ROWS):
        on_progress(start, flat.size, f"writing {start:,} of {flat.size:,} values")
        yield start, plain(flat[start : start + _ROWS])


def _value_lines(values: "_Values", on_progress: OnProgress) -> Iterator[str]:
    """Yield a line of indices and value for each, in portions."""
    axes = len(values.shape)
    yield ",".join([*(f"index{axis}" for axis in range(axes)), "value"]) + "\n"
    for start, part in _portions(values, on_progress):
        places = np.arange(start, start + part.size)
        indices = np.unravel_index(places, values.shape) if axes else ()
        texts = map(_quoted if part.dtype == object else repr, part.tolist())
        columns = [*(index.tolist() for index in indices), texts]
        yield "".join(",".join(map(str, row)) + "\n" for row in zip(*columns, strict=True))


def _quoted(text: str) -> str:
    """Return a text as a field of CSV."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
