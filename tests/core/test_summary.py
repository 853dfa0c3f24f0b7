"""Sums and histograms are exact for every type, wherever the limits of blocks and bins fall."""

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core import blocks
from core import summary as summaries
from core.summary import summary

_SIZES = st.integers(1, 60)
_WIDE = st.sampled_from([0.0, -0.0, 1e-45, -1e-45, 5e-324, 1e-310, 1e-30, 0.1, 1.0, 3e38, -3e38])
_TENSORS = st.one_of(
    *(arrays.arrays(kind, _SIZES) for kind in (np.float32, np.float64, np.float16, np.int8)),
    arrays.arrays(np.int64, _SIZES, elements=st.integers(-(10**6), 10**6)),
    arrays.arrays(np.bool_, _SIZES),
    arrays.arrays(np.float32, _SIZES, elements=st.floats(-1, 1, width=32)),
    arrays.arrays(np.float32, _SIZES, elements=st.integers(-8, 8)),
    arrays.arrays(np.float64, _SIZES, elements=_WIDE),
    arrays.arrays(np.float32, _SIZES, elements=st.floats(-1, 1, width=32)).map(
        lambda values: values.astype(ml_dtypes.bfloat16)
    ),
)


@pytest.fixture(autouse=True, scope="module")
def _small_blocks():
    with pytest.MonkeyPatch.context() as patch:
        for module in (blocks, summaries):
            patch.setattr(module, "BLOCK", 7)
        patch.setattr(blocks, "CHUNK", 21)
        yield


@given(_TENSORS, st.sampled_from([None, 1, 2, 10, 64, 512]))
def test_the_counts_are_those_of_numpy(values, bins):
    found = summary(values, bins)
    numbers = values.astype(np.float64)
    finite = numbers[np.isfinite(numbers)]
    assert found.nan == np.count_nonzero(np.isnan(numbers))
    assert found.infinite == np.count_nonzero(np.isinf(numbers))
    assert found.zeros == np.count_nonzero(numbers == 0)
    assert found.counts.sum() == finite.size
    if found.counts.size > 1 or (bins == 1 and finite.size):
        assert found.counts.tolist() == np.histogram(finite, found.edges)[0].tolist()


@given(st.integers(1, 500), st.integers(-50, 50), st.sampled_from([1.0, 0.1, 1 / 3, 1e-40, 1e30]))
def test_a_value_on_an_edge_is_in_the_bin_that_starts_there(bins, low, scale):
    edges = np.linspace(low * scale, (low + bins) * scale, bins + 1)
    for values in (edges, edges.astype(np.float32)):
        numbers = values.astype(np.float64)
        beside = [values, np.nextafter(values, values.dtype.type(-np.inf))[1:]]
        beside.append(np.nextafter(values, values.dtype.type(np.inf))[:-1])
        both = np.concatenate(beside)
        found = summary(both, bins)
        expected = np.histogram(both.astype(np.float64), found.edges)[0]
        assert found.counts.size == 1 or found.counts.tolist() == expected.tolist()
        assert found.maximum == numbers.max()


@given(arrays.arrays(np.float64, _SIZES, elements=st.floats(-1e3, 1e3)), st.floats(-1e9, 1e9))
def test_mean_and_deviation_are_as_exact_as_those_of_two_passes(values, shift):
    shifted = values + shift
    found = summary(shifted)
    size = np.abs(shifted).max()
    assert found.mean == pytest.approx(shifted.mean(), rel=1e-14, abs=1e-15 * size)
    assert found.std == pytest.approx(shifted.std(), rel=1e-12, abs=1e-14 * size)


def test_values_with_none_that_is_finite_have_no_bins():
    found = summary(np.full(20, np.nan, np.float32))
    assert (found.nan, found.infinite, found.mean, found.counts.size) == (20, 0, None, 0)


def test_a_range_too_narrow_for_a_factor_is_counted_as_well():
    values = np.linspace(0, 1e-309, 40)
    found = summary(values, 10)
    assert found.counts.tolist() == np.histogram(values, found.edges)[0].tolist()


def test_values_need_not_lie_side_by_side():
    values = np.arange(60, dtype=np.float32).reshape(6, 10)
    assert summary(values.T[::2]).mean == values.T[::2].mean()
