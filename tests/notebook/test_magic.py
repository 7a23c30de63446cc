"""%%ltx and %ltx in a plain IPython shell, against the real local server."""

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from ltx_widgets import TextToVideo, configure
from ltx_widgets.clip import Clip
from ltx_widgets.errors import JobCancelled, JobFailed
from ltx_widgets.magic import fill_in

FAST = "-e ltx-2.3/text-to-video/fast"


@pytest.fixture
def shell(local, tmp_path, monkeypatch):
    """A shell with the extension loaded."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=config)
    shell.run_line_magic("load_ext", "ltx_widgets")
    yield shell
    InteractiveShell.clear_instance()


def test_a_cell_returns_its_clip(shell):
    """The text of the cell is the prompt, the options are the fields."""
    clip = shell.run_cell_magic("ltx", "--duration 8 --no-audio", "a red fox\nin snow\n")

    assert isinstance(clip, Clip)
    assert clip.request["prompt"] == "a red fox\nin snow"
    assert clip.request["duration"] == 8
    assert clip.request["generate_audio"] is False


def test_o_binds_the_clip(shell):
    """-o names the variable that later cells use."""
    clip = shell.run_cell_magic("ltx", "-o fox", "a red fox")

    assert shell.user_ns["fox"] is clip


def test_o_wants_a_name(shell):
    """A file name or an expression is refused before anything is sent."""
    with pytest.raises(UsageError, match=r"name of a variable, got 'fox\.mp4'"):
        shell.run_cell_magic("ltx", "-o fox.mp4", "a red fox")


def test_variables_are_filled_in(shell):
    """A variable of the notebook takes the place of its name in braces."""
    shell.user_ns["animal"] = "badger"

    made = shell.run_cell_magic("ltx", "--dry-run", "a {animal}, not a {plant}")

    assert made.request["prompt"] == "a badger, not a {plant}"


@pytest.mark.parametrize(
    "text",
    [
        '{"json": 1}',
        "{}",
        "{0}",
        "{x.y}",
        "{x!r}",
        "{x:>3}",
        "{ x }",
        "{{x}}",
        "{unknown}",
        "a { b",
        "}{",
    ],
)
def test_other_braces_are_left_alone(text):
    """A prompt may hold any brace; only a name alone in one pair is a variable."""
    assert fill_in(text, {"x": "X", "json": 2}) == text


def test_names_of_ipython_are_no_variables(shell):
    """What the user did not define is not filled in."""
    made = shell.run_cell_magic("ltx", "--dry-run", "{In} {exit} {get_ipython}")

    assert made.request["prompt"] == "{In} {exit} {get_ipython}"


def test_a_dry_run_shows_request_and_price(shell, local):
    """Nothing is sent, and the text is the same each time."""
    before = len(local.jobs())

    shown = repr(shell.run_cell_magic("ltx", "--dry-run --fps 50", "a fox"))

    assert '"fps": 50' in shown
    assert "free" in shown
    assert shown.endswith("Not sent.")
    assert len(local.jobs()) == before


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("--durations 8", "unrecognized arguments: --durations 8; see %ltx --help"),
        ("--duration", "--duration: expected one argument"),
        ("--duration 7", "duration: 7 is not offered; choose 6, 8 or 10 (try --duration 8)"),
        ("-e ltx-2.3/text-to-vidio", "did you mean fal-ai/ltx-2.3/text-to-video"),
        (f"{FAST} --duration 20 --fps 50", "fps is 50, set it to 25 (try --fps 25)"),
        ('-o "fox', "No closing quotation"),
    ],
)
def test_wrong_options_are_one_line(shell, line, told):
    """What is wrong and what would be right, without a traceback."""
    with pytest.raises(UsageError) as refused:
        shell.run_cell_magic("ltx", line, "a fox")

    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_empty_prompt_is_refused(shell):
    """A cell of blanks is not sent."""
    with pytest.raises(UsageError, match="say what the clip should show"):
        shell.run_cell_magic("ltx", "", " \n")


def test_a_failed_job_raises(shell):
    """Run All stops at a cell whose job failed."""
    with pytest.raises(JobFailed, match="no paint left"):
        shell.run_cell_magic("ltx", "", "fail")


def test_a_failure_is_shown_in_one_line(shell, capsys):
    """The reason and the request id, and none of our own frames."""
    result = shell.run_cell("%%ltx\nfail")

    assert not result.success
    shown = capsys.readouterr().out.strip()
    assert shown.startswith("JobFailed: the job failed: ")
    assert f"(request {result.error_in_exec.request_id})" in shown
    assert "\n" not in shown


def test_an_interrupted_cell_leaves_no_job_running(shell, local, capsys):
    """Not even where the interrupt comes while the panel is being made."""

    class Interrupting:
        @property
        def iopub_socket(self):
            raise KeyboardInterrupt

    shell.kernel = Interrupting()

    result = shell.run_cell("%%ltx\na fox frames=400 pace=0.05")

    assert isinstance(result.error_in_exec, KeyboardInterrupt)
    # On a busy machine the line comes before the server has confirmed, and then says that.
    assert "KeyboardInterrupt: interrupted; the " in capsys.readouterr().out
    for run in local.jobs():
        if "frames=400" in run.request.get("prompt", "") and run.state != "cancelled":
            with pytest.raises(JobCancelled):
                local.resume(run.id).result(30)


def test_the_line_tells_how_things_stand(shell):
    """%ltx alone says where calls go, what there is, and what ran."""
    shell.run_cell_magic("ltx", "", "a very red fox")

    page = shell.run_line_magic("ltx", "")

    assert repr(page).startswith("Calls go to: embedded local server")
    assert "ltx-2.3/text-to-video/fast" in repr(page)
    assert "a very red fox" in repr(page)
    assert "<table>" in page._repr_html_()


def test_its_tables_come_alone_as_well(shell):
    """%ltx endpoints and %ltx jobs are one table each."""
    endpoints = shell.run_line_magic("ltx", "endpoints")
    jobs = shell.run_line_magic("ltx", "jobs")

    assert len(endpoints.rows) == 19
    assert jobs.heads[0] == "id"


def test_help_lists_every_option(shell, capsys):
    """The fields of the chosen endpoint, with what they offer."""
    assert shell.run_line_magic("ltx", f"--help {FAST}") is None

    shown = capsys.readouterr().out
    for option in ("--duration", "--no-audio", "--dry-run", "-o NAME", "18, 20"):
        assert option in shown


def test_other_words_on_the_line_are_refused(shell):
    """A prompt on the line is pointed to the cell."""
    with pytest.raises(UsageError, match="put the prompt below %%ltx in a cell"):
        shell.run_line_magic("ltx", "a red fox")


def test_a_budget_refuses_in_one_line(shell):
    """What goes beyond the budget of the day is not sent; the cell says so in one line."""
    configure(key="canary-key-id:canary-key-secret", budget=0)

    with pytest.raises(UsageError, match=r"%%ltx: this may cost \$0\.48"):
        shell.run_cell_magic("ltx", "", "a red fox")


def test_the_code_of_a_form_runs(shell):
    """The cell and the call that a form shows make the form's own request."""
    form = TextToVideo("ltx-2.3/text-to-video/fast", prompt='a "red" fox', duration=12, fps=25)
    form.code.unfolded = True

    magic = shell.run_cell(form.code.cell).result
    shell.run_cell(form.code.call)

    assert magic.request == shell.user_ns["clip"].request == form.request
