"""What is found out about checkpoints, as JSON values and as lines for people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from core.arguments import printable, show
from core.checkpoint_diff import Changed, Diff
from core.checkpoint_reader import Checkpoint
from core.name_suggestions import Suggestions
from core.named_tensors import NamedTensors, Part, TensorInfo, folded_text
from core.quantities import show_count
from core.renamed import Renamed
from core.restore_check import UNEXPECTED, Restore, RestoreCheck
from core.tensor_types import STRING
from core.weights import summarize

_MOST_SHOWN = 10
# Statistics need all values at once.
_MOST_SUMMARIZED = 2**27


def inspect_json(checkpoint: Checkpoint) -> dict[str, Any]:
    """Return the report of `inspect --json`."""
    file = checkpoint.file
    return {
        "path": str(file.path),
        "prefix": str(file.prefix),
        "format": file.format,
        "shards": checkpoint.shards,
        "notes": list(file.notes),
        "variables": [_tensor(tensor) for tensor in checkpoint.tensors.values()],
        "totals": {
            "variables": len(checkpoint.variables()),
            "parameters": sum(found.parameters for found in checkpoint.variables().values()),
            "tensors": len(checkpoint.tensors),
        },
    }


def inspect_lines(checkpoint: Checkpoint, everything: bool) -> list[str]:
    """Return the variables, a line each, and what is folded away in one.

    Args:
        checkpoint: What to tell of.
        everything: Whether nothing is folded away.
    """
    shown = checkpoint.tensors if everything else checkpoint.variables()
    rows = [
        (printable(t.name), str(list(t.shape)), t.dtype, printable(t.variable or ""))
        for t in shown.values()
    ]
    with_names = any(row[-1] for row in rows)
    heading = ("name", "shape", "dtype", "variable" if with_names else "")
    lines = [*_table([heading, *rows]), ""]
    parameters = sum(tensor.parameters for tensor in checkpoint.variables().values())
    lines.append(
        f"{show_count(len(checkpoint.variables()), 'variable')}, "
        f"{show_count(parameters, 'parameter')}, format {checkpoint.file.format}"
    )
    if not everything and len(shown) < len(checkpoint.tensors):
        lines.append(f"folded away: {folded_text(checkpoint.tensors)}")
    return lines


def values_json(checkpoint: Checkpoint, name: str) -> dict[str, Any]:
    """Return what can be said of a tensor's values. Raises CheckpointError, KeyError."""
    tensor = checkpoint.tensors[name]
    first = _first_values(checkpoint, tensor)
    whole = tensor.dtype != STRING and tensor.parameters <= _MOST_SUMMARIZED
    statistics = None
    if whole:
        found = summarize(name, tensor.dtype, checkpoint.values(name))
        statistics = asdict(found.statistics)
    return {**_tensor(tensor), "statistics": statistics, "first": [_show_value(v) for v in first]}


def values_lines(report: Mapping[str, Any]) -> list[str]:
    """Return the report of `values_json` as lines."""
    lines = [f"{printable(report['name'])}  {report['shape']}  {report['dtype']}"]
    if report["statistics"] is not None:
        lines += [f"{key}: {value}" for key, value in report["statistics"].items()]
    return [*lines, f"first: {', '.join(report['first'])}"]


def _first_values(checkpoint: Checkpoint, tensor: TensorInfo) -> list[Any]:
    """Return the first values, of a large tensor without reading the others."""
    if not tensor.shape:
        return [checkpoint.values(tensor.name).item()]
    row = max(tensor.parameters // max(tensor.shape[0], 1), 1)
    rows = checkpoint.rows(tensor.name, 0, -(-_MOST_SHOWN // row))
    return list(rows.ravel()[:_MOST_SHOWN].tolist())


def _show_value(value: object) -> str:
    """Return a value as text; bytes as what they spell."""
    if isinstance(value, bytes):
        return show(value.decode(errors="backslashreplace"))
    return str(value)


def diff_json(found: Diff, check: RestoreCheck | None = None) -> dict[str, Any]:
    """Return the report of `diff --json`, with what would be restored where a stack is a side."""
    report = {
        "same": found.same,
        "values_compared": found.with_values,
        "equal": len(found.equal),
        "only_left": list(found.only_left),
        "only_right": list(found.only_right),
        "changed": [_changed(changed) for changed in found.changed],
        "renamed": [asdict(renamed) for renamed in found.renamed],
    }
    return report if check is None else report | {"restore": _restore(check)}


def diff_lines(found: Diff) -> list[str]:
    """Return the differences, a line each, and the counts."""
    lines = [f"- {printable(name)}" for name in found.only_left]
    lines += [f"+ {printable(name)}" for name in found.only_right]
    lines += [
        f"= {printable(pair.left)} is {printable(pair.right)} on the right"
        + (f" (one of {pair.candidates} with this content)" if pair.candidates > 1 else "")
        for pair in found.renamed
    ]
    lines += [f"! {printable(changed.left.name)}: {changed.words}" for changed in found.changed]
    counts = (
        f"{len(found.equal):,} equal, {len(found.changed):,} changed, "
        f"{len(found.renamed):,} renamed, {len(found.only_left):,} only left, "
        f"{len(found.only_right):,} only right"
    )
    return [*lines, counts if found.with_values else f"{counts} (values are not compared)"]


def restore_lines(check: RestoreCheck) -> list[str]:
    """Return what would not be restored, a line each, and the counts."""
    lines = [
        f"! {printable(row.wanted.name)}: {row.words}"
        for row in check.variables
        if row.outcome is not Restore.RESTORED
    ]
    lines += [f"+ {printable(found.name)}: {UNEXPECTED}" for found in check.unexpected]
    return [*lines, check.verdict]


def map_lines(found: Suggestions, left: NamedTensors, right: NamedTensors) -> list[str]:
    """Return the pairs, a line each, with what is proposed and which variables are left."""
    rows = [
        (
            printable(pair.left),
            printable(pair.right),
            f"{pair.confidence:.0%}",
            printable(pair.reason),
        )
        for pair in found.pairs
    ]
    lines = _table([("left", "right", "sure", "because"), *rows]) if rows else []
    lines += [
        f"proposed, not in the map: {printable(it.left)} -> {printable(it.right)} "
        f"({it.step}: {it.code}; {it.reason}, {it.confidence:.0%})"
        for it in found.proposals
    ]
    lines += _unmatched("left", found.unmatched_left, left)
    lines += _unmatched("right", found.unmatched_right, right)
    return [*lines, show_count(len(found.pairs), "pair")]


def _unmatched(side: str, names: Sequence[str], tensors: NamedTensors) -> Iterator[str]:
    """Yield the variables of a side that have no partner, and what else has none in one line."""
    variables = [name for name in names if tensors.tensors[name].part is Part.VARIABLE]
    yield from (f"unmatched on the {side}: {printable(name)}" for name in variables)
    others = {name: tensors.tensors[name] for name in set(names).difference(variables)}
    if others:
        yield f"unmatched on the {side}, folded away: {folded_text(others)}"


def rename_json(found: Renamed) -> dict[str, Any]:
    """Return the report of `rename --json`."""
    return {
        "prefix": str(found.prefix),
        "renamed": dict(found.plan.renamed),
        "followed": dict(found.plan.followed),
        "left_out": list(found.plan.left_out),
        "steps": {
            name: {"step": step.words, "shape": list(step.shape)}
            for name, step in found.plan.steps.items()
        },
        "tensors": len(found.plan.names),
        "compared": found.compared,
        "same_bytes": found.compared == len(found.plan.names),
    }


def rename_lines(found: Renamed) -> list[str]:
    """Return what was written."""
    plan = found.plan
    lines = [f"left out, as it would be wrong: {printable(name)}" for name in plan.left_out]
    lines += [
        f"{printable(plan.names[name])} has shape {list(step.shape)} now: {step.words}"
        for name, step in plan.steps.items()
    ]
    followed = f", and {show_count(len(plan.followed), 'slot')} with them" if plan.followed else ""
    renamed = show_count(len(plan.renamed), "tensor")
    return [
        *lines,
        f"wrote {printable(str(found.prefix))}: {renamed} renamed{followed}; "
        f"{show_count(found.compared, 'tensor')} read back and compared byte for byte",
    ]


def _tensor(tensor: TensorInfo) -> dict[str, Any]:
    return {
        "name": tensor.name,
        "shape": list(tensor.shape),
        "dtype": tensor.dtype,
        "part": tensor.part.value,
        "variable": tensor.variable,
        "slot": tensor.slot,
        "slot_of": tensor.slot_of,
    }


def _changed(changed: Changed) -> dict[str, Any]:
    return {
        "name": changed.left.name,
        "why": ", ".join(changed.why),
        "left": _form(changed.left),
        "right": _form(changed.right),
        "distance": None if changed.distance is None else asdict(changed.distance),
    }


def _form(tensor: TensorInfo) -> dict[str, Any]:
    return {"shape": list(tensor.shape), "dtype": tensor.dtype}


def _restore(check: RestoreCheck) -> dict[str, Any]:
    return {
        "loads": check.loads,
        "variables": [
            {
                "name": row.wanted.name,
                "outcome": row.outcome.value,
                "wanted": _form(row.wanted),
                "found": None if row.found is None else _form(row.found),
                "key": None if row.found is None else row.found.name,
            }
            for row in check.variables
        ],
        "unexpected": [found.name for found in check.unexpected],
        "folded": {part.value: number for part, number in check.folded.items()},
    }


def _table(rows: Iterable[tuple[str, ...]]) -> list[str]:
    return list(_padded(list(rows)))


def _padded(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(map(str.ljust, row, widths)).rstrip()
