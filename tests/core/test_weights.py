"""Statistics and histograms of any tensor."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.weights import summarize

_SHAPES = arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=6)
_TENSORS = st.one_of(
    arrays.arrays(np.float32, _SHAPES),
    arrays.arrays(np.float64, _SHAPES),
    arrays.arrays(np.int64, _SHAPES),
    arrays.arrays(np.bool_, _SHAPES),
    arrays.arrays(np.float16, _SHAPES),
)


@given(_TENSORS)
def test_every_value_is_counted_once(values):
    weights = summarize("v", str(values.dtype), values)
    found = weights.statistics
    assert found.count == values.size
    assert weights.counts.sum() + found.nan + found.infinite == values.size
    assert found.nan == np.isnan(values.astype(np.float64)).sum()
    if weights.counts.size:
        assert len(weights.edges) == len(weights.counts) + 1
        assert found.minimum == weights.edges[0]
        assert found.maximum == weights.edges[-1]
    else:
        assert found.minimum is found.maximum is found.mean is found.std is None


@given(arrays.arrays(np.float64, 50, elements=st.floats(-1e6, 1e6)))
def test_the_sums_are_those_of_numpy(values):
    found = summarize("v", "float64", values).statistics
    assert found.mean == pytest.approx(values.mean(), abs=1e-6)
    assert found.std == pytest.approx(values.std(), abs=1e-6)
    assert found.zeros == (values == 0).mean()


def test_a_constant_is_one_bin_of_no_width():
    weights = summarize("v", "float32", np.full((3, 3), 0.25, np.float32))
    assert weights.counts.tolist() == [9]
    assert weights.edges.tolist() == [0.25, 0.25]


def test_the_number_of_bins_can_be_chosen():
    weights = summarize("v", "float64", np.arange(100.0), bins=10)
    assert weights.counts.tolist() == [10] * 10


def test_values_too_large_to_sum_have_no_mean():
    found = summarize("v", "float64", np.array([1.7e308] * 4)).statistics
    assert found.mean is None
    assert found.maximum == 1.7e308


def test_complex_values_are_counted_by_their_magnitude():
    found = summarize("v", "complex64", np.array([3 + 4j, 0], np.complex64)).statistics
    assert (found.minimum, found.maximum, found.zeros) == (0.0, 5.0, 0.5)


def test_values_further_apart_than_a_float_can_say_are_one_bin():
    weights = summarize("v", "float64", np.array([-1.7e308, 0.0, 1.7e308]))
    assert weights.counts.tolist() == [3]
    assert weights.edges.tolist() == [-1.7e308, 1.7e308]
