"""Exact quantiles and distances, of values that are sorted and of those that are not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from core import blocks, ranks
from core.density import Density, Piece, Spike
from core.fit import fit
from core.ranks import Ranks

_SHARES = (0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0)
_VALUES = st.one_of(
    arrays.arrays(np.float64, st.integers(1, 300), elements=st.floats(-10, 10)),
    arrays.arrays(np.float32, st.integers(1, 300), elements=st.floats(-1, 1, width=32)),
    st.integers(1, 400).map(lambda n: np.random.default_rng(n).normal(size=n)),
    st.integers(2, 300).map(lambda n: np.append(np.random.default_rng(n).normal(size=n), 1e9)),
)


@settings(max_examples=80)
@given(_VALUES)
def test_they_are_those_of_numpy_and_scipy(values):
    for most in (ranks.SORTED, 0):
        with pytest.MonkeyPatch.context() as patch:
            # With none to sort whole, the fine bins answer.
            patch.setattr(ranks, "SORTED", most)
            patch.setattr(blocks, "CHUNK", 97)
            patch.setattr(blocks, "BLOCK", 31)
            found = Ranks(values)
            expected = np.quantile(values.astype(np.float64), _SHARES)
            assert found.quantiles(_SHARES) == pytest.approx(expected, rel=1e-9, abs=1e-12)
            right = stats.kstest(values.astype(np.float64), stats.norm.cdf).statistic
            assert found.distance(stats.norm.cdf) == pytest.approx(right, abs=1e-12)


def test_millions_of_values_are_all_counted():
    values = np.random.default_rng(1).uniform(size=1_500_000).astype(np.float32)
    found = Ranks(values)
    assert not found.sorts_all
    law = stats.uniform()
    result = stats.kstest(values.astype(np.float64), law.cdf)
    tested = fit(Density("u", (Piece(1.0, law),)), found, values.size, values.size)
    assert tested.distance == pytest.approx(result.statistic, abs=1e-12)
    assert tested.p_value == pytest.approx(result.pvalue, abs=1e-3)
    assert tested.count == 1_500_000
    assert found.quantiles([0.5])[0] == pytest.approx(np.quantile(values.astype(float), 0.5))


def test_what_can_not_be_tested_says_why():
    values = Ranks(np.zeros(3))
    uniform = Density("u", (Piece(1.0, stats.uniform()),))
    assert fit(Density("?"), values, 3, 3).why_not == "there is no density to compare with"
    assert "not for constants" in fit(Density("c", spikes=(Spike(0, 1),)), values, 3, 3).why_not
    whole = Density("i", (Piece(1.0, stats.randint(0, 4)),))
    assert "not for whole numbers" in fit(whole, values, 3, 3).why_not
    assert fit(uniform, None, 0, 3).why_not == "there are no finite values"
    some = fit(uniform, values, 3, 4)
    assert (some.distance, some.p_value, some.count) == (1.0, None, 3)


def test_a_wrong_density_is_told_by_its_p_value():
    values = np.random.default_rng(2).normal(size=2000)
    uniform = Density("u", (Piece(1.0, stats.uniform(-4, 8)),))
    assert fit(uniform, Ranks(values), 2000, 2000).p_value < 1e-9
