"""The wheel, installed as a user does: into an environment that has never seen this checkout."""

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = "Scripts" if os.name == "nt" else "bin"

# A first installation downloads TensorFlow and Qt.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def _run(*command, **options):
    done = subprocess.run(
        [os.fspath(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        **options,
    )
    said = f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{said}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel from a copy of the sources, so that no old build can leak into it."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "main.py"):
        shutil.copy(ROOT / name, source)
    for name in ("core", "gui", "resources"):
        shutil.copytree(ROOT / name, source / name)
        compiled = source / name / "__pycache__" / "left.cpython-311.pyc"
        compiled.parent.mkdir(exist_ok=True)
        compiled.touch()
    target = tmp_path_factory.mktemp("wheel")
    offline = ("--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check")
    _run(sys.executable, "-m", "pip", "wheel", *offline, "--wheel-dir", target, source)
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """Install the wheel with its pinned dependencies; the 2.5 GB are removed afterwards."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(folder, symlinks=os.name != "nt")
    python = folder / PROGRAMS / "python"
    # uv links files from its cache, where pip would unpack 2.5 GB anew.
    install = (sys.executable, "-m", "uv", "pip", "install", "--no-config", "--python", python)
    pinned = (*install, "--require-hashes", "--requirement", ROOT / "requirements.txt")
    try:
        _run(*pinned, "--offline")
    except AssertionError:
        _run(*pinned)
    _run(*install, "--offline", "--no-deps", wheel)
    yield folder
    shutil.rmtree(folder)


def test_the_wheel_holds_the_program_and_all_its_resources(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    resources = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "resources").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert resources <= names
    assert any(name.endswith(".svg") for name in resources)
    assert any(name.endswith(".stack.json") for name in resources)
    packed = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert packed == {"core", "gui", "resources", "main.py"}
    assert not any("__pycache__" in name for name in names)


def test_its_requirements_agree_with_the_pinned_ones(environment):
    _run(sys.executable, "-m", "uv", "pip", "check", "--python", environment / PROGRAMS / "python")


def test_the_installed_command_builds_a_packaged_example_from_anywhere(environment, tmp_path):
    elsewhere = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    where = "import importlib.resources as r; print(r.files('resources') / 'examples')"
    found = _run(environment / PROGRAMS / "python", "-c", where, cwd=tmp_path, env=elsewhere)
    examples = Path(found.stdout.strip())
    assert examples.is_relative_to(environment)

    command = (environment / PROGRAMS / "layerscope", "build", examples / "lenet.stack.json")
    done = _run(*command, "--json", cwd=tmp_path, env=elsewhere)

    report = json.loads(done.stdout)
    assert report["ok"] is True
    assert report["variables"]
