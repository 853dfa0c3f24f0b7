#!/usr/bin/env bash
# What takes too long for every run: a long sitting, fifty kills, ten thousand damaged files.
# Usage: soak.sh [SECONDS [SEED]]; the sitting takes so many seconds.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset PYTHONHOME PYTHONPATH
scripts/setup.sh requirements.txt requirements-test.txt

readonly python=.venv/bin/python
readonly seconds=${1:-600} seed=${2:-1}
# Qt says on every window what its platform without a screen can't do.
export QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen} QT_LOGGING_RULES=${QT_LOGGING_RULES:-qt.qpa.*=false}

failed=()
soak() {
    echo "== $1"
    "${@:2}" || failed+=("$1")
}
soak "damaged stack files" "$python" -m tests.soak.stack_files --seed "$seed"
soak "a long sitting" "$python" -m tests.soak.window --seconds "$seconds" --seed "$seed"
soak "kills" "$python" -m tests.soak.kills --seed "$seed"
if [[ ${#failed[@]} -ne 0 ]]; then
    (IFS=,; echo "failed: ${failed[*]}" >&2)
    exit 1
fi
