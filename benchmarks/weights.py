"""Histogram, mean, deviation, min, max and zeros of 100 million float32, against numpy's calls.

What the window shows has exact quantiles in it, too; numpy's take a copy of the values.
"""

import numpy as np

from benchmarks.measure import Figure, in_turn, peak_memory, report
from core.summary import summary
from core.weights import QUANTILES, summarize

_COUNT = 100_000_000
_BINS = 512
_TURNS = 3


def main() -> None:
    """Measure and report."""
    values = np.random.default_rng(1).standard_normal(_COUNT, dtype=np.float32)
    ours, numpys, all_ours, quantiles = in_turn(
        _TURNS,
        lambda: summary(values, _BINS),
        lambda: _by_numpy(values),
        lambda: summarize("v", "float32", values, _BINS),
        lambda: np.quantile(values, QUANTILES),
    )
    with peak_memory() as grown:
        summarize("v", "float32", values, _BINS)
    _check(values[: _COUNT // 10])
    details = {"seconds": round(ours, 3), "numpy": round(numpys, 3)}
    with_quantiles = {"seconds": round(all_ours, 3), "numpy": round(numpys + quantiles, 3)}
    share = 100 * grown[0] / values.nbytes
    report(
        "weights",
        [
            Figure("100 million float32: times as fast", numpys / ours, "x", None, 5, details),
            Figure(
                "with quantiles: times as fast",
                (numpys + quantiles) / all_ours,
                "x",
                details=with_quantiles,
            ),
            Figure("memory beside the values", share, "%", 10),
        ],
    )


def _check(values: np.ndarray) -> None:
    """Compare with numpy, whose counts are exact for float64."""
    found = summarize("v", "float32", values, _BINS)
    counts, mean, std, *_ = _by_numpy(values.astype(np.float64))
    assert (counts == found.counts).all()
    assert abs(mean - found.statistics.mean) < 1e-15
    assert abs(std / found.statistics.std - 1) < 1e-13


def _by_numpy(values: np.ndarray) -> tuple:
    low, high = values.min(), values.max()
    counts, _ = np.histogram(values, _BINS, (float(low), float(high)))
    mean, std = values.mean(dtype=np.float64), values.std(dtype=np.float64)
    return counts, mean, std, low, high, (values == 0).mean()


if __name__ == "__main__":
    main()
