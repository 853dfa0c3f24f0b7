"""The table of variables: as CSV, JSON and Markdown."""

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.atomic import write_text
from core.exports.format import ExportError
from core.progress import OnProgress
from core.report_lines import table_rows

if TYPE_CHECKING:
    from core.graph import BuiltGraph


def write_csv(graph: "BuiltGraph", path: Path, on_progress: OnProgress) -> str:
    """Write a row for each variable; lists in it are separated by spaces."""
    text = io.StringIO()
    rows = _rows(graph)
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    write_text(path, text.getvalue())
    return ""


def write_json(graph: "BuiltGraph", path: Path, on_progress: OnProgress) -> str:
    """Write the variables as `build --json` reports them, without what it says of their values."""
    from core.document import SUFFIX

    if path.name.endswith(SUFFIX):
        raise ExportError(f"{path.name} is what a stack is saved as; choose another name")
    found = {"variables": _rows(graph)}
    write_text(path, json.dumps(found, indent=2) + "\n")
    return ""


def write_markdown(graph: "BuiltGraph", path: Path, on_progress: OnProgress) -> str:
    """Write the table that `build` prints, as Markdown."""
    headings, *rows = table_rows(graph.built)
    lines = [_line(headings), _line(["---"] * len(headings)), *map(_line, rows)]
    write_text(path, "\n".join(lines) + "\n")
    return ""


def _rows(graph: "BuiltGraph") -> list[dict[str, Any]]:
    from core.report import variable_json

    return [variable_json(variable) for variable in graph.built.variables]


def _cell(value: Any) -> Any:
    return " ".join(map(str, value)) if isinstance(value, list) else value


def _line(cells: Any) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
