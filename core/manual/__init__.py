"""The twins: each function of `tf.layers`, written by hand with `tf.get_variable`."""

from core.manual.dense import dense

__all__ = ["dense"]
