"""A comparison of both constructions as one HTML page that needs nothing beside it."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape

from core.comparison import COMPARED, GET_VARIABLE, LAYERS, Comparison, Pair
from core.comparison_report import (
    checkpoint_sentence,
    difference_text,
    numbers_sentence,
    restore_outcomes,
)
from core.kind import CONSTRUCTIONS
from core.name_map import init_from_checkpoint_code, saver_code
from core.numbers import Distance, Numbers
from core.origin_labels import origin_labels
from core.quantities import show_bytes
from core.report_lines import refusal_line

_MOST_OP_TYPES = 24
_BAR = 260
_ROW = 20
_STYLE = """\
:root { color-scheme: light dark; --line: #8884; --muted: #777; --left: #b4582a; --right: #2a62b4;
        --mark: #e0a80033; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { text-align: left; padding: .2rem .7rem; border-bottom: 1px solid var(--line);
         vertical-align: top; white-space: nowrap; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
tr.differs td { background: var(--mark); }
pre { padding: .8rem; overflow-x: auto; border: 1px solid var(--line); border-radius: 4px; }
.muted { color: var(--muted); } svg text { fill: currentColor; font: 12px system-ui, sans-serif; }
.left { fill: var(--left); color: var(--left); } .right { fill: var(--right); color: var(--right); }
"""


def comparison_page(comparison: Comparison, numbers: Numbers) -> str:
    """Return the page."""
    labels = origin_labels(comparison.layers.built) | origin_labels(comparison.get_variable.built)
    title = escape(comparison.stack.name)
    parts = [
        f"<h1>{title}: tf.layers and get_variable side by side</h1>",
        *_summary(comparison, numbers, labels),
        "<h2>Cost</h2>",
        _cost_table(comparison),
        "<h2>Variables</h2>",
        _pairs_table(comparison.pairs, labels),
        "<h2>Checkpoints</h2>",
        *_checkpoints(comparison),
        "<h2>Numbers</h2>",
        *_numbers(numbers, labels),
        "<h2>Ops by type</h2>",
        _ops_picture(comparison),
        "<h2>Name scopes</h2>",
        _scopes(comparison),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}: compared</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )


def _summary(comparison: Comparison, numbers: Numbers, labels: dict[str, str]) -> Iterator[str]:
    for name in CONSTRUCTIONS:
        refusal = refusal_line(comparison.side(name).built)
        if refusal:
            words = f"{CONSTRUCTIONS[name].label} is refused: {refusal}"
            yield f"<p><strong>{escape(words)}</strong></p>"
    different = sum(bool(pair.differs) for pair in comparison.pairs)
    sentences = (
        f"{different} of {len(comparison.pairs)} pairs of variables differ.",
        checkpoint_sentence(comparison),
        numbers_sentence(numbers, labels),
    )
    yield "<ul>" + "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences) + "</ul>"


def _cost_table(comparison: Comparison) -> str:
    sides = [comparison.side(name) for name in CONSTRUCTIONS]
    return _table(
        ["", *(found.label for found in CONSTRUCTIONS.values())],
        [
            ["Ops", *(f"{side.built.ops:,}" for side in sides)],
            ["GraphDef", *(show_bytes(side.graphdef_bytes) for side in sides)],
            ["Built in", *(f"{side.build_seconds:.3f} s" for side in sides)],
            ["Lines of code", *(f"{side.code_lines:,}" for side in sides)],
        ],
    )


def _pairs_table(pairs: Iterable[Pair], labels: Mapping[str, str]) -> str:
    rows, marked = [], []
    for pair in pairs:
        rows.append(
            [
                labels.get(pair.layer, pair.layer),
                pair.role,
                *(_variable_text(pair, name) for name in CONSTRUCTIONS),
                difference_text(pair) if pair.differs else "",
            ]
        )
        marked.append(bool(pair.differs))
    head = ["Layer", "Role", *(found.label for found in CONSTRUCTIONS.values()), "Difference"]
    return _table(head, rows, marked)


def _variable_text(pair: Pair, construction: str) -> str:
    if getattr(pair, construction) is None:
        return "none"
    found = {key: pair.value(construction, key) for key in COMPARED}
    held = "resource" if found["resource"] else "reference"
    trainable = "trainable" if found["trainable"] else "not trainable"
    shape = found["shape"]
    assert isinstance(shape, tuple)
    return (
        f"{found['name']} {list(shape)} {found['dtype']}, {found['initializer']}, "
        f"{trainable}, {held}"
    )


def _checkpoints(comparison: Comparison) -> Iterator[str]:
    left, right = CONSTRUCTIONS[LAYERS].label, CONSTRUCTIONS[GET_VARIABLE].label
    yield f"<p>{escape(checkpoint_sentence(comparison))}</p>"
    if comparison.same_checkpoint:
        return
    for name, other in ((GET_VARIABLE, left), (LAYERS, right)):
        outcomes = restore_outcomes(comparison, name)
        heading = f"Variables of {CONSTRUCTIONS[name].label}, from a checkpoint of {other}"
        marked = [outcome != "restored" for outcome in outcomes.values()]
        yield f"<h3>{escape(heading)}</h3>"
        yield _table(["Variable", "What becomes of it"], map(list, outcomes.items()), marked)
    yield f"<h3>What loads a checkpoint of {escape(left)} by hand</h3>"
    yield f"<pre>{escape(saver_code(comparison.name_map))}</pre>"
    yield f"<pre>{escape(init_from_checkpoint_code(comparison.name_map))}</pre>"


def _numbers(numbers: Numbers, labels: dict[str, str]) -> Iterator[str]:
    yield f"<p>{escape(numbers_sentence(numbers, labels))}</p>"
    if numbers.skipped is not None:
        return
    yield _table(
        ["Layer", "Largest difference", "Relative"],
        (
            [labels.get(found.layer, found.layer), *_distance(found.distance)]
            for found in numbers.layers
        ),
        [found.differs for found in numbers.layers],
    )
    yield "<h3>Gradients</h3>"
    yield _table(
        ["Layer", "Role", "Largest difference", "Relative"],
        (
            [labels.get(found.layer, found.layer), found.role, *_distance(found.distance)]
            for found in numbers.gradients
        ),
        [found.differs for found in numbers.gradients],
    )


def _distance(distance: Distance) -> list[str]:
    return [f"{distance.max_abs:.3g}", f"{distance.max_rel:.3g}"]


def _ops_picture(comparison: Comparison) -> str:
    """Return bars of the numbers of ops, those of the largest difference first."""
    left, right = comparison.layers.op_types, comparison.get_variable.op_types

    def apart(kind: str) -> int:
        return abs(left.get(kind, 0) - right.get(kind, 0))

    kinds = sorted({*left, *right}, key=lambda kind: (-apart(kind), -left.get(kind, 0), kind))
    shown = kinds[:_MOST_OP_TYPES]
    most = max((*left.values(), *right.values()), default=1)
    rows = []
    for row, kind in enumerate(shown):
        top = row * 2 * _ROW
        rows.append(f'<text x="0" y="{top + 20}">{escape(kind)}</text>')
        for line, (side, counts) in enumerate((("left", left), ("right", right))):
            count = counts.get(kind, 0)
            y = top + 6 + line * 14
            width = _BAR * count / most
            rows.append(
                f'<rect class="{side}" x="200" y="{y}" width="{width:.1f}" height="11"/>'
                f'<text x="{206 + width:.1f}" y="{y + 10}">{count:,}</text>'
            )
    height = len(shown) * 2 * _ROW + 8
    more = "" if len(kinds) == len(shown) else f"<p>{len(kinds) - len(shown)} more types.</p>"
    return (
        f'<p><span class="left">■</span> tf.layers <span class="right">■</span> get_variable</p>'
        f'<svg role="img" aria-label="Numbers of ops by type" width="560" height="{height}" '
        f'viewBox="0 0 560 {height}">{"".join(rows)}</svg>{more}'
    )


def _scopes(comparison: Comparison) -> str:
    left, right = comparison.layers.name_scopes, comparison.get_variable.name_scopes
    if left == right:
        return f"<p>Both have the same {len(left)} name scopes.</p>"
    scopes = sorted(left | right)
    rows = [
        [scope, "yes" if scope in left else "", "yes" if scope in right else ""]
        for scope in scopes
        if (scope in left) != (scope in right)
    ]
    return f"<p>{len(left & right)} are in both.</p>" + _table(
        ["Only in one", *(found.label for found in CONSTRUCTIONS.values())], rows
    )


def _table(head: Iterable[str], rows: Iterable[Iterable[str]], marked: Iterable[bool] = ()) -> str:
    marks = iter(marked)
    body = "".join(
        f"<tr{' class=differs' if next(marks, False) else ''}>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in row)
        + "</tr>"
        for row in rows
    )
    heading = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    return f"<table><thead><tr>{heading}</tr></thead><tbody>{body}</tbody></table>"
