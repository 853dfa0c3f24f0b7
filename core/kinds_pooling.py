"""The kinds of layers that pool, for one, two and three spatial dimensions."""

from core.arguments import Argument
from core.kind import Kind, layer
from core.layer_arguments import DATA_FORMAT, counts, extent, padding


def _pooling(what: str, rank: int, help_text: str) -> Kind:
    return layer(
        f"{what}_pooling{rank}d",
        "Pooling",
        help_text,
        (
            Argument(
                "pool_size",
                counts(rank),
                help=f"{extent(rank)} of the window.",
                required=True,
            ),
            Argument("strides", counts(rank), help="Steps between two windows.", required=True),
            padding("valid", "same"),
            DATA_FORMAT,
        ),
    )


POOLINGS = (
    *(_pooling("max", rank, "Takes the largest value of each window.") for rank in (1, 2, 3)),
    *(_pooling("average", rank, "Takes the mean of each window.") for rank in (1, 2, 3)),
)
