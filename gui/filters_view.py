"""The filters of a convolution's kernel as small pictures."""

from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.cutout import Cut, Cutout
from core.weights import Weights
from gui.cutout_view import CutoutView, set_range
from gui.heat_map import real
from gui.matrix_picture import MatrixPicture

_ON_A_PAGE = 64
_LARGEST_SIDE = 64


class FiltersView(CutoutView):
    """Shows a picture of each filter over one input channel.

    A kernel's last dimension counts the filters and the one before it the channels; those of a
    transposed convolution are the other way round, and the words speak of dimensions alone.

    Attributes:
        picture: All small pictures.
        channel: The index in the dimension before the last.
        page: Which of the filters, 64 at a time.
        readout: The filter and the value under the cursor.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without values."""
        super().__init__(parent)
        self._cutout: Cutout | None = None
        self.picture = MatrixPicture()
        self.channel = self._field()
        self.page = self._field()
        self.readout = QLabel()
        self.readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.readout.setContentsMargins(4, 0, 4, 0)
        row = QHBoxLayout()
        row.setContentsMargins(4, 2, 4, 0)
        for text, field in (("Channel", self.channel), ("Filters", self.page)):
            label = QLabel(text)
            label.setBuddy(field)
            row.addWidget(label)
            row.addWidget(field)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addLayout(row)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.readout)
        self.picture.pointed.connect(self._on_pointed)

    def why_not(self, weights: Weights) -> str:
        """Return why there are no pictures of a variable, empty where there are."""
        why_not = super().why_not(weights)
        if why_not:
            return why_not
        if not 3 <= len(weights.shape) <= 5:
            return (
                f"The kernel of a convolution has filters: 3 to 5 dimensions. {weights.name} "
                f"has {len(weights.shape)}."
            )
        if max(weights.shape[:-2]) > _LARGEST_SIDE:
            return f"The filters of {weights.name} are too large for small pictures."
        return ""

    def cut(self, weights: Weights) -> Cut:
        """Return the part of the values that the pictures need, within the shape."""
        *window, channels, filters = weights.shape
        pages = ceil(filters / _ON_A_PAGE)
        for field, most in ((self.channel, channels - 1), (self.page, pages - 1)):
            set_range(field, 0, most, f" (0 to {most:,})")
        channel, first = self.channel.value(), self.page.value() * _ON_A_PAGE
        return Cut(
            (
                *((0, side, 1) for side in window),
                (channel, channel + 1, 1),
                (first, min(first + _ON_A_PAGE, filters), 1),
            )
        )

    def show_cutout(self, cutout: Cutout) -> None:
        """Show values."""
        self._cutout = cutout
        matrix = _side_by_side(_pictures(cutout.values))
        self.picture.show_matrix(matrix, (matrix.shape[0], matrix.shape[1]), square=True)
        self._on_pointed(-1, -1)

    def _on_pointed(self, row: int, column: int) -> None:
        if self._cutout is None:
            return
        first, last, _ = self._cutout.cut.axes[-1]
        pictures = _pictures(self._cutout.values)
        count, high, wide = pictures.shape
        columns = _columns(pictures.shape)
        at = row // (high + 1) * columns + column // (wide + 1)
        y, x = row % (high + 1), column % (wide + 1)
        if row < 0 or at >= count or y >= high or x >= wide:
            self.readout.setText(
                f"filters {first:,} to {last - 1:,} over channel {self.channel.value():,}"
            )
            return
        self.readout.setText(
            f"filter {first + at:,}, row {y}, column {x}: {pictures[at, y, x]:.6g}"
        )


def _pictures(values: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return the filters as pictures [count, high, wide]: the depths of one side by side."""
    filters = np.moveaxis(real(values)[..., 0, :], -1, 0)
    if filters.ndim == 2:
        return filters[:, None, :]
    if filters.ndim == 4:
        count, depth, high, wide = filters.shape
        padded = np.full((count, high, depth * (wide + 1) - 1), np.nan)
        for at in range(depth):
            padded[:, :, at * (wide + 1) : at * (wide + 1) + wide] = filters[:, at]
        return padded
    return filters


def _columns(shape: tuple[int, ...]) -> int:
    """Return how many pictures stand in a row, so that all fill about twice as wide as high."""
    count, high, wide = shape
    return min(count, max(1, round(np.sqrt(2 * count * (high + 1) / (wide + 1)))))


def _side_by_side(pictures: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one matrix of all pictures, with blank lines between them."""
    count, high, wide = pictures.shape
    columns = _columns(pictures.shape)
    rows = ceil(count / columns)
    whole = np.full((rows * (high + 1) - 1, columns * (wide + 1) - 1), np.nan)
    for at, picture in enumerate(pictures):
        top, left = at // columns * (high + 1), at % columns * (wide + 1)
        whole[top : top + high, left : left + wide] = picture
    return whole
