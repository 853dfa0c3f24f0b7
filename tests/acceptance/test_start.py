"""What a person waits for until the window is there."""

import json
from pathlib import Path

from tests.acceptance.program import ROOT, run_python

# They take from a tenth of a second to several; the window is painted before any is imported.
HEAVY = {"tensorflow", "numpy", "scipy", "pyqtgraph", "core.worker", "core.graph", "core.script"}

STARTED = f"""
import json, os, sys
sys.path.insert(0, {str(ROOT)!r})
from gui import application

class Window(application.MainWindow):
    def paintEvent(self, event):
        print(json.dumps(sorted(sys.modules)), flush=True)
        os._exit(0)

application.MainWindow = Window
application.run(None)
"""


def test_the_window_is_painted_before_anything_heavy_is_imported(tmp_path: Path):
    environment = {"QT_QPA_PLATFORM": "offscreen", "LAYERSCOPE_STATE_DIR": str(tmp_path)}
    done = run_python("-c", STARTED, **environment)
    assert done.returncode == 0, done.stderr
    imported = set(json.loads(done.stdout))
    assert "gui.panels" in imported
    assert not HEAVY & imported
