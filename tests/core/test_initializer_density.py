"""The densities of initializers, against what TensorFlow really draws and how it counts fans."""

from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from core.density import Density
from core.fans import fans
from core.initializer_density import CUT_DEVIATION, density_of
from core.tf1 import tf
from core.weights import summarize

_SIDES = st.lists(st.integers(1, 12), max_size=5)


def drawn(initializer, shape, dtype="float32", partitioner=None):
    """Return what get_variable really made with an initializer, and the density that it has."""
    dtype = tf.as_dtype(dtype)
    graph = tf.Graph()
    with graph.as_default(), tf.Session(graph=graph) as session:
        tf.set_random_seed(5)
        made = tf.get_variable("v", shape, dtype, initializer=initializer, partitioner=partitioner)
        parts = list(made) if partitioner else [made]
        session.run([part.initializer for part in parts])
        values = session.run(made.as_tensor() if partitioner else made)
    parts = [tuple(part.shape.as_list()) for part in parts]
    return values, density_of(initializer, dtype, tuple(shape), parts)


def mass(density: Density) -> float:
    """Return the whole probability, the pieces' integrated."""
    found = sum(spike.share for spike in density.spikes)
    for piece in density.pieces:
        low, high = piece.distribution.support()
        if piece.discrete:
            found += piece.share * piece.distribution.pmf(np.arange(low, high + 1)).sum()
        else:
            middle = piece.distribution.mean()
            for ends in ((low, middle), (middle, high)):
                found += piece.share * integrate.quad(piece.distribution.pdf, *ends)[0]
    return found


def assert_drawn_from(values, density: Density, least=1e-5) -> None:
    values = np.asarray(values, np.float64).ravel()
    assert density.known
    assert mass(density) == pytest.approx(1, abs=1e-6)
    low, high = density.support
    rounding = 1e-6 * max(1e-30, np.abs(values).max(initial=0))
    assert values.min() >= low - rounding
    assert values.max() <= high + rounding
    if density.continuous:
        assert stats.kstest(values, density.cdf).pvalue > least


@given(_SIDES)
def test_fans_are_those_of_tensorflow(sides):
    from tensorflow.python.ops.init_ops import _compute_fans

    found = fans(tuple(sides))
    assert (found.fan_in, found.fan_out) == _compute_fans(tuple(sides))


def test_a_shape_of_no_values_has_fans():
    assert (fans((0, 5)).fan_in, fans((0, 5)).fan_out) == (0, 5)


_SCALED = st.builds(
    lambda scale, mode, distribution: tf.initializers.variance_scaling(
        scale, mode, distribution, seed=3
    ),
    st.sampled_from([0.01, 1.0, 2.0, 30.0]),
    st.sampled_from(["fan_in", "fan_out", "fan_avg"]),
    st.sampled_from(["truncated_normal", "untruncated_normal", "uniform"]),
)
_INITIALIZERS = st.one_of(
    st.just(None),
    _SCALED,
    st.sampled_from(
        ["glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform"]
    ).map(lambda kind: getattr(tf.initializers, kind)(seed=2)),
    st.builds(
        lambda low, width: tf.initializers.random_uniform(low, low + width, seed=4),
        st.floats(-3, 3),
        st.floats(0.1, 4),
    ),
    st.builds(
        lambda mean, stddev, cut: (
            tf.initializers.truncated_normal if cut else tf.initializers.random_normal
        )(mean, stddev, seed=4),
        st.floats(-2, 2),
        st.floats(0.01, 5),
        st.booleans(),
    ),
    st.builds(
        lambda factor: tf.initializers.uniform_unit_scaling(factor, seed=4), st.floats(0.1, 3)
    ),
)
_SHAPES = st.one_of(
    st.tuples(),
    st.integers(1, 3000).map(lambda n: (n,)),
    st.tuples(st.integers(1, 60), st.integers(1, 60)),
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 12), st.integers(1, 12)),
)


@given(_INITIALIZERS, _SHAPES, st.sampled_from(["float32", "float64"]))
def test_draws_fit_the_density(initializer, shape, dtype):
    if shape == () and initializer is None:
        initializer = tf.initializers.glorot_uniform(seed=1)
    values, density = drawn(initializer, shape, dtype)
    assert_drawn_from(values, density)


@settings(max_examples=15)
@given(st.integers(1, 40), st.integers(1, 40), st.floats(0.2, 3))
def test_orthogonal_entries_fit_their_marginal_density(rows, columns, gain):
    values, density = drawn(tf.initializers.orthogonal(gain, seed=6), (rows, columns))
    assert mass(density) == pytest.approx(1, abs=1e-4)
    assert np.abs(values).max() <= gain * (1 + 1e-5)
    assert density.std == pytest.approx(gain / np.sqrt(max(rows, columns)))
    assert density.mean == pytest.approx(0)


@pytest.mark.parametrize("n", [1, 2, 3, 8])
def test_one_entry_of_many_orthogonal_matrices(n):
    """Entries of one matrix depend on each other; those of many matrices don't."""
    graph = tf.Graph()
    with graph.as_default(), tf.Session(graph=graph) as session:
        first = tf.initializers.orthogonal(2.0, seed=1)((n, max(1, n - 1)))[0, 0]
        values = np.array([session.run(first) for _ in range(400)])
    _, density = drawn(tf.initializers.orthogonal(2.0), (n, max(1, n - 1)))
    if n == 1:
        assert {spike.value: spike.share for spike in density.spikes} == {-2: 0.5, 2: 0.5}
        assert set(np.abs(values)) == {2}
        assert 150 < (values > 0).sum() < 250
    else:
        assert stats.kstest(values, density.cdf).pvalue > 1e-4
        assert density.untestable


def test_the_cut_and_the_corrected_deviation():
    _, density = drawn(tf.initializers.he_normal(seed=1), (50, 7))
    stddev = np.sqrt(2 / 50) / CUT_DEVIATION
    assert density.support == pytest.approx((-2 * stddev, 2 * stddev))
    assert density.std == pytest.approx(np.sqrt(2 / 50))
    assert "sqrt(scale 2 / fan_in 50) / 0.8796 = 0.2274, cut at two deviations" in density.formula
    assert stats.truncnorm(-2, 2).std() == pytest.approx(CUT_DEVIATION, abs=1e-12)


def test_the_formula_has_its_numbers():
    _, density = drawn(None, (784, 10))
    assert density.formula == "uniform within ±sqrt(6 / (fan_in 784 + fan_out 10)) = ±0.08693"
    _, density = drawn(tf.initializers.variance_scaling(3.0, "fan_out", "uniform"), (4, 9))
    assert (
        density.formula
        == "uniform within ±sqrt(3 \N{MULTIPLICATION SIGN} scale 3 / fan_out 9) = ±1"
    )


@pytest.mark.parametrize(
    ("initializer", "dtype", "value"),
    [
        (tf.zeros_initializer(), "bool", 0.0),
        (None, "int32", 0.0),
        (tf.zeros_initializer, "float32", 0.0),
        (tf.ones_initializer(), "float16", 1.0),
        (tf.constant_initializer(0.1), "float32", float(np.float32(0.1))),
        (tf.constant_initializer(3 - 4j), "complex64", 5.0),
        (tf.random_normal_initializer(2.0, 0.0), "float32", 2.0),
        (tf.random_uniform_initializer(2.0, 2.0), "float32", 2.0),
        (tf.initializers.orthogonal(0.0), "float32", 0.0),
    ],
)
def test_constants_are_a_spike(initializer, dtype, value):
    values, density = drawn(initializer, (3, 2), dtype)
    assert [(spike.value, spike.share) for spike in density.spikes] == [(value, 1.0)]
    assert np.all(np.abs(values) == value)
    assert density.mean == value
    assert density.std == 0


def test_a_list_of_constants_is_spikes_and_its_last_value_fills():
    values, density = drawn(tf.constant_initializer([1.0, 2.0, 5.0]), (2, 3))
    assert {s.value: s.share for s in density.spikes} == pytest.approx(
        {1: 1 / 6, 2: 1 / 6, 5: 4 / 6}
    )
    assert density.mean == pytest.approx(values.mean())
    assert density.std == pytest.approx(values.std())


@pytest.mark.parametrize("shape", [(3, 5), (4, 4), (7, 2), (1, 1)])
def test_identity_is_spikes_with_their_shares(shape):
    values, density = drawn(tf.initializers.identity(2.0), shape)
    found = {spike.value: spike.share for spike in density.spikes}
    assert found == pytest.approx({v: (values == v).mean() for v in np.unique(values)})


def test_whole_numbers_are_discrete():
    values, density = drawn(tf.random_uniform_initializer(-2, 3, seed=1), (500,), "int32")
    assert density.support == (-2, 2)
    assert not density.continuous
    counts = [np.sum(values == at) for at in range(-2, 3)]
    assert stats.chisquare(counts, 500 * density.pdf(np.arange(-2.0, 3.0))).pvalue > 1e-4
    assert mass(density) == pytest.approx(1)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_rounded_types_say_that_no_test_is_meant(dtype):
    values, density = drawn(tf.random_uniform_initializer(-1, 1, seed=1), (300,), dtype)
    assert density.untestable == f"the values are rounded to {dtype}"
    found = summarize("v", dtype, values, density=density).fit
    assert found.distance is not None
    assert found.p_value is None
    assert found.why_not == density.untestable


def test_parts_of_a_variable_take_the_whole_shape_for_their_fans():
    cut = tf.fixed_size_partitioner(4)
    values, density = drawn(tf.initializers.he_uniform(seed=8), (400, 10), partitioner=cut)
    assert_drawn_from(values, density)
    assert density.support[1] == pytest.approx(np.sqrt(6 / 400))


def test_each_part_is_an_orthogonal_matrix_of_its_own():
    cut = tf.fixed_size_partitioner(4)
    values, density = drawn(tf.initializers.orthogonal(seed=8), (40, 10), partitioner=cut)
    assert density.std == pytest.approx(1 / np.sqrt(10))
    assert np.square(values).mean() == pytest.approx(1 / 10)
    values, density = drawn(tf.initializers.orthogonal(seed=8), (41, 4), partitioner=cut)
    assert len(density.pieces) == 2
    assert np.square(values).mean() == pytest.approx(density.std**2)


def test_parts_of_the_identity_are_that_of_the_whole():
    cut = tf.fixed_size_partitioner(2)
    values, density = drawn(tf.initializers.identity(), (6, 6), partitioner=cut)
    assert {spike.value: spike.share for spike in density.spikes} == {0: 5 / 6, 1: 1 / 6}
    assert values.sum() == 6


def _own(shape, dtype=None, partition_info=None):
    return tf.ones(shape, dtype)


class _Mine(tf.initializers.random_normal):
    def __call__(self, shape, dtype=None, partition_info=None):
        return tf.ones(shape, dtype)


class _Hers(tf.initializers.random_normal):
    pass


def test_what_has_no_closed_density_says_so():
    assert "_own is a function of its own" in drawn(_own, (3,))[1].formula
    assert "_Mine is a function of its own" in drawn(_Mine(), (3,))[1].formula
    assert drawn(_Hers(seed=1), (300,))[1].continuous
    given_values = density_of(np.ones(3), tf.float32, (3,), [(3,)])
    assert "given as they are" in given_values.formula
    assert given_values.support is given_values.mean is given_values.std is None
    tensor = tf.random_uniform_initializer(tf.Graph(), 3.0)
    assert "no number to compute with" in density_of(tensor, tf.float32, (3,), [(3,)]).formula
    infinite = density_of(tf.constant_initializer(np.inf), tf.float32, (3,), [(3,)])
    assert not infinite.known


_ANY = st.floats(allow_nan=True, allow_infinity=True)
_ANYTHING = st.one_of(
    st.builds(tf.initializers.random_uniform, _ANY, _ANY),
    st.builds(tf.initializers.random_normal, _ANY, _ANY),
    st.builds(tf.initializers.truncated_normal, _ANY, _ANY),
    st.builds(tf.initializers.uniform_unit_scaling, _ANY),
    st.builds(tf.initializers.orthogonal, _ANY),
    st.builds(tf.initializers.identity, _ANY),
    st.builds(tf.initializers.constant, _ANY),
    st.builds(tf.initializers.variance_scaling, st.floats(1e-320, 1e308)),
)


@settings(max_examples=150)
@given(_ANYTHING, st.sampled_from(["float16", "bfloat16", "float32", "float64"]))
def test_parameters_at_the_ends_of_the_range_warn_of_nothing(initializer, dtype):
    density = density_of(initializer, tf.as_dtype(dtype), (4, 3), [(4, 3)])
    found = summarize("v", "float32", np.float32([[0, 1, 2]]), density=density)
    assert np.isfinite(found.curve[1]).all()
    if density.known:
        assert np.isfinite(density.mean)
        assert np.isfinite(density.std)
    whole = tf.initializers.random_uniform(-(2**63), 2**63 - 1)
    assert density_of(whole, tf.int64, (3,), [(3,)]).support == (-(2.0**63), 2.0**63)


def test_curves_lie_in_the_support_and_hold_the_mass():
    for initializer in (tf.initializers.he_normal(), tf.initializers.random_normal(), None):
        _, density = drawn(initializer, (20, 30))
        x, y = density.curve()
        assert np.isfinite(y).all()
        assert y[0] == y[-1] == 0
        assert np.trapezoid(y, x) == pytest.approx(1, abs=1e-3)
        assert prod(x.shape) < 1000
    x, y = drawn(tf.initializers.orthogonal(), (2, 2))[1].curve()
    assert np.isfinite(y).all()
