"""How long a build takes, against the same calls in a bare loop.

``python -m benchmarks.build [LAYERS ...]`` measures other numbers of layers than 100 and 1,000.
"""

import argparse

from benchmarks.dense_stack import WIDTH, dense_stack
from benchmarks.measure import Figure, ratios, report
from core import manual
from core.devices import Target, list_devices
from core.ledger import Ledger
from core.plan_run import PlanRun
from core.progress import ignore_progress
from core.tf1 import tf

_MODULES = {"layers": tf.layers, "get_variable": manual}
_MOST_TURNS = 9


class _NoLedger(Ledger):
    """Passes requests on and writes nothing down."""

    def __call__(self, getter, name, **settings):
        return getter(name, **settings)


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("layers", nargs="*", type=int, default=[100, 1000])
    figures = []
    for count in parser.parse_args().layers:
        for construction in _MODULES:
            figures += _measured(count, construction)
    report("build", figures)


def _measured(count: int, construction: str) -> list[Figure]:
    stack = dense_stack(count, construction)
    there = list_devices(Target())

    def bare() -> None:
        with tf.Graph().as_default():
            value = tf.placeholder(tf.float32, [None, WIDTH])
            for _ in range(count):
                value = _MODULES[construction].dense(value, WIDTH)

    def built(ledger: Ledger) -> None:
        run = PlanRun(stack, there, ignore_progress)
        run.ledger = ledger
        run.run()

    turns = max(3, min(_MOST_TURNS, 2000 // count))
    plain, written = ratios(turns, bare, lambda: built(_NoLedger()), lambda: built(Ledger()))
    what = f"{count:,} dense by {construction}, of the bare loop"
    return [
        Figure(f"{what}, no ledger", plain, "x", 1.05),
        Figure(f"{what}, with ledger", written, "x", 1.10),
    ]


if __name__ == "__main__":
    main()
