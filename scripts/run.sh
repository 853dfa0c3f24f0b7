#!/usr/bin/env bash
# Opens the window on an example stack; without a display, does the same work headless.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset PYTHONHOME PYTHONPATH
scripts/setup.sh requirements.txt

readonly python=.venv/bin/python
readonly example=resources/examples/lenet.stack.json

if "$python" -m gui.display; then
    exec "$python" main.py "$example"
fi

echo "No usable display: building $example and drawing its window into files instead."
mkdir -p out
"$python" main.py build "$example" --checkpoint out/lenet --script out/lenet.py
"$python" main.py picture "$example" out/window.png
echo "Written: out/lenet.* (the checkpoint), out/lenet.py (the program), out/window.png (the window)"
