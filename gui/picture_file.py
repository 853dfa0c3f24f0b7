"""A view as a picture file: PNG in dots, SVG in lines and text."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QSize
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from core.atomic import written_whole

# Sharp on paper and on screens of high density.
_SCALE = 2
# What CSS counts a pixel by: a browser shows the drawing as large as it is here.
_DOTS_PER_INCH = 96


def write_png(path: Path, view: QWidget) -> None:
    """Write a view as it is seen, in twice the dots. Raises OSError."""
    picture = QPixmap(view.size() * _SCALE)
    picture.setDevicePixelRatio(_SCALE)
    picture.fill(view.palette().window().color())
    view.render(picture)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    _write(path, data)


def write_svg(path: Path, view: QWidget, title: str) -> None:
    """Write a view as a drawing whose text is text. Raises OSError."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    drawing = QSvgGenerator()
    drawing.setOutputDevice(buffer)
    drawing.setResolution(_DOTS_PER_INCH)
    size = QSize(view.width(), view.height())
    drawing.setSize(size)
    drawing.setViewBox(QRect(QPoint(0, 0), size))
    drawing.setTitle(title)
    painter = QPainter(drawing)
    painter.fillRect(QRect(QPoint(0, 0), size), view.palette().window())
    view.render(painter, QPoint(0, 0))
    painter.end()
    _write(path, data)


def _write(path: Path, data: QByteArray) -> None:
    with written_whole(path) as file:
        file.write(data.data())
