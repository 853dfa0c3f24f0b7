"""A matrix of numbers as a picture in colours, from below zero over zero to above."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import theme
from gui.histogram_drawing import SMALLEST, colour_axes, own_menu

_LARGEST = 1e37


class MatrixPicture(QWidget):
    """Paints numbers; what is not a number is left in the colour of the background.

    Attributes:
        matrix: What is shown.

    Signals:
        pointed: The row and column of the matrix under the cursor; -1 where there is none.
    """

    pointed = Signal(int, int)

    def __init__(self, titles: tuple[str, str] = ("", ""), parent: QWidget | None = None) -> None:
        """Start without a matrix.

        Args:
            titles: What the axes count, the columns first.
            parent: As for every widget.
        """
        super().__init__(parent)
        self._titles = titles
        self._plot: pg.PlotWidget | None = None
        self.matrix: NDArray[np.float64] = np.zeros((0, 0))
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    @property
    def plot(self) -> pg.PlotWidget:
        """The picture with its axes, made when it is first needed: it takes 0.15 s."""
        if self._plot is None:
            self._plot = self._made()
        return self._plot

    def _made(self) -> pg.PlotWidget:
        plot = pg.PlotWidget(enableMenu=False)
        own_menu(plot.plotItem, self)
        plot.plotItem.hideButtons()
        plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        plot.invertY(True)
        for side, title in zip(("bottom", "left"), self._titles, strict=True):
            plot.setLabel(side, title)
        # Not downsampled: the mean of many weights is no weight.
        self.image = pg.ImageItem(axisOrder="row-major")
        plot.addItem(self.image)
        self.bar = pg.ColorBarItem(width=12, interactive=False, colorMap=_colour_map())
        own_menu(self.bar, self)
        self.bar.setImageItem(self.image, insert_in=plot.plotItem)
        plot.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self._layout.addWidget(plot)
        return plot

    def show_matrix(
        self, matrix: NDArray[np.float64], size: tuple[int, int], *, square: bool = False
    ) -> None:
        """Show a matrix.

        Args:
            matrix: Real numbers, maybe not finite; with at least one value.
            size: How many rows and columns the axes count.
            square: Whether a value is as wide as it is high, without axes: pictures.
        """
        plot = self.plot
        self.matrix = matrix
        self.colour()
        finite = matrix[np.isfinite(matrix)]
        largest = float(np.abs(finite).max()) if finite.size else 0.0
        largest = min(max(largest, SMALLEST), _LARGEST) if largest else 1.0
        # Beyond the range of a colour there is none further; blank is what is not a number.
        shown = np.clip(matrix, -largest, largest).astype(np.float64)
        self.image.setImage(shown, autoLevels=False, levels=(-largest, largest))
        self.bar.setLevels((-largest, largest))
        rows, columns = size
        self.image.setRect(QRectF(0, 0, columns, rows))
        plot.setAspectLocked(square)
        for side in ("bottom", "left"):
            plot.plotItem.showAxis(side, not square)
        plot.setLimits(xMin=-columns, xMax=2 * columns, yMin=-rows, yMax=2 * rows)
        plot.setRange(xRange=(0, columns), yRange=(0, rows), padding=0.02)

    def colour(self) -> None:
        """Take the colours of the theme."""
        if self._plot is None:
            return
        self._plot.setBackground(theme.colours().base)
        colour_axes(self._plot.plotItem)
        self.bar.setColorMap(_colour_map())
        self.bar.axis.setPen(pg.mkPen(theme.colours().grid))
        self.bar.axis.setTextPen(pg.mkPen(theme.colours().text))

    def _on_mouse_moved(self, position: QPointF) -> None:
        rows, columns = self.matrix.shape
        place = self.image.mapFromScene(position)
        row, column = int(np.floor(place.y())), int(np.floor(place.x()))
        inside = 0 <= row < rows and 0 <= column < columns
        self.pointed.emit(*((row, column) if inside else (-1, -1)))


def _colour_map() -> pg.ColorMap:
    colours = theme.colours()
    middle = theme.mix(colours.base, QColor(colours.text), 0.06)
    return pg.ColorMap([0.0, 0.5, 1.0], [colours.histogram, middle, colours.density])
