"""All kinds of hazards: what each is called, who met it, and the function that finds it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.built import Built
from core.hazards import naming, settings, training
from core.hazards.hazard import Facts, Hazard


@dataclass(frozen=True, slots=True)
class HazardKind:
    """A kind of hazard.

    Attributes:
        title: What it is, in a few words.
        thread: Where people met it.
        find: Yields those of a build.
    """

    title: str
    thread: str
    find: Callable[[Facts], Iterator[Hazard]]


HAZARDS: Mapping[str, HazardKind] = MappingProxyType(
    {
        "unnamed_in_auto_reuse": HazardKind(
            "No name in AUTO_REUSE",
            "vahidk/EffectiveTensorflow#28",
            naming.unnamed_in_auto_reuse,
        ),
        "name_scope_around": HazardKind(
            "A name scope around variables",
            "tensorflow/tensorflow#15630",
            naming.name_scope_around,
        ),
        "names_will_not_meet": HazardKind(
            "Names that tf.layers doesn't give",
            "tensorflow/tensorflow#11168",
            naming.names_will_not_meet,
        ),
        "names_by_order": HazardKind(
            "Names that depend on the order",
            "tensorflow/tensorflow#14703",
            naming.names_by_order,
        ),
        "updates_nobody_runs": HazardKind(
            "Update ops that nobody runs",
            "tensorflow/tensorflow#9048",
            training.updates_nobody_runs,
        ),
        "dropout_without_training": HazardKind(
            "Dropout without training",
            "tensorflow/tensorflow#30301",
            training.dropout_without_training,
        ),
        "losses_nobody_adds": HazardKind(
            "Losses that nobody adds",
            "taki0112/ResNet-Tensorflow#6",
            training.losses_nobody_adds,
        ),
        "averages_shared": HazardKind(
            "Moving averages shared",
            "tensorflow/models#100",
            training.averages_shared,
        ),
        "bias_ignores_initializer": HazardKind(
            "A bias that ignores the scope's initializer",
            "tensorflow/tensorflow#26282",
            settings.bias_ignores_initializer,
        ),
        "reused_with_another_activation": HazardKind(
            "Reuse with another activation",
            "tensorflow/tensorflow#8504",
            settings.reused_with_another_activation,
        ),
    }
)


def hazards(built: Built) -> tuple[Hazard, ...]:
    """Return the hazards of a build, in the order of its nodes."""
    facts = Facts(built)
    order = {node.id: number for number, node in enumerate(built.stack.walk())}
    found = [hazard for kind in HAZARDS.values() for hazard in kind.find(facts)]
    return tuple(sorted(found, key=lambda hazard: order[hazard.node]))
