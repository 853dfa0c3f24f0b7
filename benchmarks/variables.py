"""50,000 variables in the tree: until they are shown, a key in the search box, scrolling."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from benchmarks.measure import Figure, percentile, report, seconds, timed
from benchmarks.window import settle, wait_for, window
from core.built import Built, BuiltLayer, Variable
from core.stack import Layer, Stack

_COUNT = 50_000
_IN_SCOPE = 10
_TURNS = 8


def main() -> None:
    """Measure and report."""
    built = _built(_COUNT)
    with window() as found:
        found.panels.tabs.setCurrentWidget(found.panels.variables)
        settle()
        figures = [*_shown(found.panels.variables, built), _key(found.panels.variables)]
        figures += _scrolled(found.panels.variables)
    report("variables", figures)


def _shown(tree, built: Built) -> list[Figure]:
    def show() -> None:
        tree.set_built(built)
        settle()

    def show_open() -> None:
        tree.view.open_all()
        settle()

    taken = []
    for _ in range(_TURNS):
        tree.set_built(None)
        settle()
        taken.append(timed(show))
    opened = seconds(show_open)
    return [
        _figure("50,000 variables: shown", taken, 0.5, 1, "s", 0.3),
        Figure("50,000 variables: all scopes opened", opened, "s"),
    ]


def _key(tree) -> Figure:
    """Type and take back what finds few variables, and what finds most."""
    tree.view.close_all()
    shown = []
    tree.view.model().modelReset.connect(lambda: shown.append(True))
    taken = []

    def press(key: str | Qt.Key) -> None:
        shown.clear()
        QTest.keyClick(tree.search, key)
        if not shown:
            wait_for(lambda: shown)
        settle()

    for _ in range(_TURNS):
        keys = ("9", "9", "7", Qt.Key.Key_Backspace, Qt.Key.Key_Backspace)
        taken += [timed(lambda key=key: press(key)) for key in keys]
        press(Qt.Key.Key_Backspace)
    return _figure("a key in the search box, 95 %", taken, 0.95, 1000, "ms", 50)


def _scrolled(tree) -> list[Figure]:
    tree.search.clear()
    tree.view.open_all()
    wait_for(lambda: tree.view.model().tree.parents and not tree.search.text())
    settle()
    bar = tree.view.verticalScrollBar()

    def scroll(to: int) -> None:
        bar.setValue(to)
        settle()

    places = [*range(0, 600, 3), *range(0, bar.maximum(), bar.maximum() // 99)]
    taken = [timed(lambda to=to: scroll(to)) for to in places]
    return [_figure("scrolling, 99 % of frames", taken, 0.99, 1000, "ms", 1000 / 60)]


def _figure(what, taken, share: float, factor: int, unit: str, most: float) -> Figure:
    walls, used = zip(*taken, strict=True)
    details = {
        "processor time": round(factor * percentile(used, share), 3),
        "median": round(factor * percentile(walls, 0.5), 3),
    }
    return Figure(what, factor * percentile(walls, share), unit, most, None, details)


def _built(count: int) -> Built:
    layers = tuple(
        Layer(f"d{index}", "dense", f"fc_{index}", "layers", arguments={"units": 32})
        for index in range(count // 2)
    )
    variables = tuple(
        Variable(
            name=f"block_{index // _IN_SCOPE}/{layer.name}/{role}",
            asked_name=f"block_{index // _IN_SCOPE}/{layer.name}/{role}",
            shape=shape,
            dtype="float32",
            itemsize=4,
            trainable=True,
            initializer="glorot_uniform",
            device="/device:CPU:0",
            requested_device="",
            collections=("variables", "trainable_variables"),
            resource=False,
            initializers=(),
            created_by=layer.id,
            used_by=(layer.id,),
        )
        for index, layer in enumerate(layers)
        for role, shape in (("kernel", (32, 32)), ("bias", (32,)))
    )
    made = tuple(
        BuiltLayer(layer.id, layer.name, "dense", "layers", None, ((None, 32),)) for layer in layers
    )
    return Built(Stack(nodes=layers), made, variables, (), None, "/device:CPU:0", 10, 1.0)


if __name__ == "__main__":
    main()
