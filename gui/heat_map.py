"""A variable as a matrix in colours."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.cutout import Cut, Cutout, every_nth, matrix_shape
from core.weights import Weights
from gui.cutout_view import CutoutView
from gui.matrix_picture import MatrixPicture
from gui.models.weights_model import number_text

# More is less than a pixel each, on most screens.
_MOST = 512


class HeatMap(CutoutView):
    """Shows the values of a variable as a matrix: its last dimension are the columns.

    Attributes:
        picture: The matrix.
        note: What the picture shows of the values.
        readout: The value under the cursor.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without values."""
        super().__init__(parent)
        self._cutout: Cutout | None = None
        self.picture = MatrixPicture(("last dimension", "all before it"))
        self.note = QLabel(wordWrap=True)
        self.readout = QLabel()
        self.readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(self.picture, 1)
        for label in (self.readout, self.note):
            label.setContentsMargins(4, 0, 4, 0)
            layout.addWidget(label)
        self.picture.pointed.connect(self._on_pointed)

    def cut(self, weights: Weights) -> Cut:
        """Return evenly spaced rows and columns."""
        return every_nth(weights.shape, _MOST)

    def show_cutout(self, cutout: Cutout) -> None:
        """Show values."""
        self._cutout = cutout
        self.picture.show_matrix(real(cutout.values), matrix_shape(cutout.shape))
        self.note.setText(" ".join(_notes(cutout)))
        self._on_pointed(-1, -1)

    def _on_pointed(self, row: int, column: int) -> None:
        if self._cutout is None:
            return
        if row < 0:
            self.readout.setText("point at a value to read it")
            return
        (_, _, down), (_, _, right) = self._cutout.cut.axes
        value = self._cutout.values[row, column]
        self.readout.setText(f"row {row * down:,}, column {column * right:,}: {value!s}")


def real(values: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return values as real numbers: complex ones by their magnitude."""
    return (np.abs(values) if np.iscomplexobj(values) else values).astype(np.float64)


def _notes(cutout: Cutout) -> list[str]:
    rows, columns = matrix_shape(cutout.shape)
    found = [f"{rows:,} \N{MULTIPLICATION SIGN} {columns:,} values of shape {list(cutout.shape)}."]
    steps = [step for _, _, step in cutout.cut.axes]
    parts = [
        f"one {what} in {step:,}"
        for what, step in zip(("row", "column"), steps, strict=True)
        if step > 1
    ]
    if parts:
        found.append(f"Shown is {' and '.join(parts)}.")
    values = cutout.values
    if np.iscomplexobj(values):
        found.append("Complex values are shown by their magnitude.")
    as_real = real(values)
    if np.isnan(as_real).any():
        found.append("What is not a number is left blank.")
    if np.isinf(as_real).any():
        found.append("Infinite values have the colour of the largest.")
    finite = as_real[np.isfinite(as_real)]
    if finite.size and finite.min() == finite.max():
        found.append(f"All finite ones are {number_text(float(finite[0]))}.")
    return found
