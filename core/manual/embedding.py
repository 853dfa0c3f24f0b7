"""An embedding: rows of a table, looked up by number. `tf.layers` has none."""

from collections.abc import Mapping
from typing import Any

from core.manual.layer_inputs import single_tensor
from core.manual.layer_scope import layer_scope
from core.manual.layer_variable import layer_variable, variable_settings
from core.tf1 import tf


def embedding(
    inputs: tf.Tensor,
    input_dim: int,
    output_dim: int,
    embeddings_initializer: Any = None,
    embeddings_regularizer: Any = None,
    embeddings_constraint: Any = None,
    trainable: bool = True,
    name: str | None = None,
    reuse: bool | None = None,
    *,
    variables: Mapping[str, Mapping[str, Any]] | None = None,
) -> tf.Tensor:
    """Replace each whole number from 0 to input_dim - 1 by its row: [...] to [..., output_dim].

    Its variable is `embeddings` [input_dim, output_dim], of the variable scope's dtype; `variables`
    holds arguments of `tf.get_variable` for it. A table in parts is cut by "div", as partitioners
    cut it, so that the rows are those of the checkpoint.

    Raises:
        ValueError: Reuse and the variable that exists don't agree.
        TypeError: The inputs are not whole numbers.
    """
    settings = variable_settings(
        variables,
        embeddings=(embeddings_initializer, embeddings_regularizer, embeddings_constraint),
    )
    with layer_scope(name, "embedding", reuse):
        embeddings = layer_variable(
            "embeddings",
            [input_dim, output_dim],
            dtype=tf.get_variable_scope().dtype,
            trainable=trainable,
            settings=settings,
        )
        return tf.nn.embedding_lookup(embeddings, single_tensor(inputs), partition_strategy="div")
