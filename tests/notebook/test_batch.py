"""Notebooks that run without a person: nbclient and papermill."""

import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

CANARY = "canary-1234:canary-5678"
FORM = "import ltx_widgets as ltx\nltx.TextToVideo(prompt='a fox')"
MAGIC = "%load_ext ltx_widgets"
CLIP = "%%ltx -o fox\na red fox"


@pytest.fixture(autouse=True)
def elsewhere(server, monkeypatch):
    """Kernels started here use the shared server, and have a key that they must not show."""
    monkeypatch.setenv("LTX_WIDGETS_HOME", str(server.home))
    monkeypatch.setenv("LTX_SERVER", "local")
    monkeypatch.setenv("FAL_KEY", CANARY)


def notebook(*cells):
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel}
    )


def execute(*cells):
    return NotebookClient(notebook(*cells), timeout=60).execute()


def test_nbclient_runs_a_form_and_a_magic():
    """A form is shown, a clip is made, and a later cell has it."""
    run = execute(FORM, MAGIC, CLIP, "fox.width")

    assert run.cells[0].outputs[0].data["text/plain"] == "TextToVideo(fal-ai/ltx-2.3/text-to-video)"
    assert [output.output_type for output in run.cells[2].outputs] == ["execute_result"]
    assert "<video" in run.cells[2].outputs[0].data["text/html"]
    assert run.cells[3].outputs[0].data["text/plain"] == "64"


def test_the_saved_notebook_holds_no_key_and_no_ballast():
    """All widget state is saved by nbclient: small HTML, and no secret in it."""
    saved = nbformat.writes(execute(FORM, MAGIC, "%ltx"))

    assert "canary" not in saved
    assert len(saved) < 100_000


def test_a_second_run_reads_the_same():
    """What cells print is stable, so that a re-run notebook shows no difference."""
    first, second = (execute(FORM, MAGIC, CLIP) for _ in range(2))

    for cell, again in zip(first.cells, second.cells, strict=True):
        for output, repeated in zip(cell.outputs, again.outputs, strict=True):
            assert output.data["text/plain"] == repeated.data["text/plain"]


@pytest.mark.parametrize(
    "cell",
    ["%%ltx\nfail", "%%ltx --duration 7\na fox", "ltx.run('fail')"],
    ids=["job", "option", "code"],
)
def test_a_failing_cell_fails_the_run(cell):
    """A failed job and a wrong option both stop nbclient."""
    with pytest.raises(CellExecutionError):
        execute("import ltx_widgets as ltx", MAGIC, cell)


@pytest.mark.parametrize(("cell", "ends_well"), [(CLIP, True), ("%%ltx\nfail", False)])
def test_papermill_says_how_it_went(tmp_path, cell, ends_well):
    """The exit code of papermill is what a scheduler looks at."""
    source = tmp_path / "in.ipynb"
    nbformat.write(notebook(FORM, MAGIC, cell), source)

    ran = subprocess.run(
        [sys.executable, "-m", "papermill", source, tmp_path / "out.ipynb"],
        capture_output=True,
        text=True,
    )

    assert (ran.returncode == 0) is ends_well
    assert "canary" not in ran.stdout + ran.stderr + (tmp_path / "out.ipynb").read_text("utf8")
