#!/usr/bin/env bash
# Everything that CI runs. The tests run in two processes at once; the last line is pytest's own,
# unless something failed.
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
end_if_failed() {
    if [[ ${#failed[@]} -ne 0 ]]; then
        (IFS=,; echo "failed: ${failed[*]}" >&2)
        exit 1
    fi
}

check "ruff check" "$python" -m ruff check .
check "ruff format" "$python" -m ruff format --check .
check "mypy" "$python" -m mypy
check "import-linter" "$python" -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
end_if_failed

# What gui and acceptance print is kept until core has ended, for the lines not to mix.
kept=$(mktemp)
"$python" -m pytest tests/gui tests/acceptance >"$kept" 2>&1 &
beside=$!
trap 'kill $(jobs -p) 2>/dev/null || true; rm -f "$kept"' EXIT
trap 'exit 130' INT

check "pytest: core, with Qt out of reach" \
    "$python" -m pytest -p no:pytest-qt -p tests.without_qt tests/core
wait "$beside" || failed+=("pytest: gui and acceptance")
echo "== pytest: gui and acceptance"
cat "$kept"
end_if_failed
