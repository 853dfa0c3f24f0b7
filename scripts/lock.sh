#!/usr/bin/env bash
# Writes requirements.txt and requirements-test.txt from pyproject.toml: every package pinned, with
# the hashes of its files for all platforms. What is pinned already stays; UPGRADE=1 takes the newest.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh requirements.txt requirements-test.txt

compile() {
    local -a upgrade=()
    if [[ -n ${UPGRADE:-} ]]; then
        upgrade=(--upgrade)
    fi
    # No settings of this machine, and no address in the files.
    .venv/bin/python -m uv pip compile pyproject.toml "$@" ${upgrade[@]+"${upgrade[@]}"} \
        --no-config --no-emit-index-url \
        --universal --python-version 3.11 --generate-hashes \
        --custom-compile-command "make lock" --quiet
}

compile --output-file requirements.txt
compile --extra test --constraint requirements.txt --output-file requirements-test.txt
