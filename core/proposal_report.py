"""What is said of a proposed stack, as a JSON value and as lines for people."""

from collections.abc import Iterator
from typing import Any

from core.arguments import printable
from core.quantities import show_count
from core.stack_proposal import StackProposal

_MOST_NAMED = 3


def proposal_json(proposal: StackProposal) -> dict[str, Any]:
    """Return the report of `inspect --stack --json`, under its key ``stack``."""
    return {
        "whole": proposal.whole,
        "variables": proposal.variables,
        "exact": proposal.exact,
        "missing": [{"name": name, "why": why} for name, why in proposal.missing.items()],
        "extra": list(proposal.extra),
        "refused": [{"layer": name, "why": why} for name, why in proposal.refused.items()],
        "layers": sum(1 for _ in proposal.stack.layers()),
        "guesses": sum(len(layer.guesses) for layer in proposal.stack.layers()),
    }


def proposal_lines(proposal: StackProposal) -> list[str]:
    """Return what the stack does not create, a line each, and the counts."""
    lines = [f"! {printable(name)}: {printable(why)}" for name, why in proposal.missing.items()]
    lines += [f"+ {printable(name)}: not in the checkpoint" for name in proposal.extra]
    lines += [
        f"{printable(name)} became bare variables, as TensorFlow refused the layer: "
        f"{printable(why)}"
        for name, why in proposal.refused.items()
    ]
    return [*lines, proposal_text(proposal, named=0)]


def proposal_text(proposal: StackProposal, named: int = _MOST_NAMED) -> str:
    """Return the counts in sentences, with some of the variables that are not created."""
    return " ".join(_sentences(proposal, named))


def _sentences(proposal: StackProposal, named: int) -> Iterator[str]:
    exact, total = proposal.exact, proposal.variables
    of = f"all {total:,} variables" if exact == total else f"{exact:,} of {total:,} variables"
    if total:
        yield f"The proposed stack creates {of} of the checkpoint by name, shape and type."
    else:
        yield "The checkpoint has no variables, so the proposed stack is empty."
    missing, extra = list(proposal.missing.items()), proposal.extra
    if named and missing:
        names = "; ".join(f"{printable(name)}: {printable(why)}" for name, why in missing[:named])
        more = f"; and {len(missing) - named:,} more" if len(missing) > named else ""
        yield f"Not these: {names}{more}."
    if extra:
        yield f"It creates {show_count(len(extra), 'variable')} that the checkpoint doesn't have."
    if total:
        yield "The order of the layers is a guess too, beside what is marked as one."
