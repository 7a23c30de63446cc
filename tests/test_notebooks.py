"""The notebooks as they are kept in the repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from ltx_widgets.server.local import stop_server

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LARGEST = 1_600_000


@pytest.fixture
def local(home, monkeypatch):
    """Notebooks run here call the embedded server of this test's home, which ends with the test."""
    monkeypatch.setenv("LTX_SERVER", "local")
    yield
    stop_server(home / "server")


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_are_what_a_run_gives(notebook, local):
    """nbval: every cell runs, and gives the output that is kept."""
    options = ("-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(ROOT))
    sanitize = ("--nbval-sanitize-with", str(ROOT / "tests" / "nbval.cfg"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", *sanitize, *options, str(notebook)],
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout[-5000:]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_kept_notebooks_are_clean(notebook):
    """No widget state, no path of a machine, and not much larger than its clips."""
    text = notebook.read_text("utf8")

    assert len(text) < LARGEST
    assert "widgets" not in json.loads(text)["metadata"]
    assert str(Path.home()) not in text
    assert str(ROOT) not in text


@pytest.mark.soak
def test_binder_builds_and_runs_the_quickstart(tmp_path, local):
    """A clean environment made from binder/ alone runs the first notebook."""
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("ltx_widgets", "binder", "notebooks"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", ".*")
        )
    venv.create(tmp_path / "env", with_pip=True)
    bin_ = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin")
    path = f"{bin_}{os.pathsep}{os.environ['PATH']}"

    for command in (
        ("python", "-m", "pip", "install", "--quiet", "-r", "binder/requirements.txt"),
        ("bash", "binder/postBuild"),
        ("jupyter", "execute", "notebooks/01-quickstart.ipynb"),
    ):
        done = subprocess.run(
            [shutil.which(command[0], path=path), *command[1:]],
            cwd=tmp_path,
            env={**os.environ, "PATH": path, "PYTHONPATH": ""},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command}: {done.stderr[-3000:]}"
