#!/usr/bin/env bash
# Everything that CI runs. The last line is pytest's own; the first group that fails ends the run.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset PYTHONHOME PYTHONPATH
scripts/setup.sh requirements.txt requirements-test.txt

readonly python=.venv/bin/python

failed=()
check() {
    echo "== $1"
    "${@:2}" || failed+=("$1")
}
check "ruff check" "$python" -m ruff check .
check "ruff format" "$python" -m ruff format --check .
check "mypy" "$python" -m mypy
check "import-linter" "$python" -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
if [[ ${#failed[@]} -ne 0 ]]; then
    (IFS=,; echo "failed: ${failed[*]}" >&2)
    exit 1
fi

echo "== pytest: core, with Qt out of reach"
"$python" -m pytest -p no:pytest-qt -p tests.without_qt tests/core
echo "== pytest: gui and acceptance"
"$python" -m pytest tests/gui tests/acceptance
