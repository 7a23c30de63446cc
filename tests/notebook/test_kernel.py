"""Real kernels of three generations: what reaches the page, what can be cancelled, what is secret.

Where a row differs between kernels, the test says on which one and why (ARCHITECTURE.md has the
whole table).
"""

import os
import time
from contextlib import contextmanager

import pytest
from kernel_driver import CANARY, FOLDERS, Kernel
from page_parts import wait_until

from ltx_widgets.session import Session

VERSIONS = ["6.31.0", "7.3.0", "installed"]
SLOW = "frames=200 pace=0.1"
SETUP = """
%load_ext ltx_widgets
import os, time, ltx_widgets as ltx
from page_parts import find, parts, texts
"""


@pytest.fixture(scope="module", params=VERSIONS)
def running(request, server):
    """One kernel of each version for all tests."""
    version = request.param
    if version != "installed" and not (FOLDERS / f"ipykernel-{version}").is_dir():
        says = pytest.fail if os.environ.get("LTX_REQUIRE_ALL") else pytest.skip
        says(f"no .kernels/ipykernel-{version}; make test puts it there")
    kernel = Kernel(version, server.home)
    kernel.run("import sys; sys.path.append('tests')")
    yield kernel
    kernel.stop()


@pytest.fixture
def kernel(running, server):
    """The kernel, set up and idle; nothing that a test leaves behind keeps the next one waiting."""
    running.run(SETUP)
    yield running
    server.cancel_all()


@contextmanager
def blocking_cell(kernel, tmp_path):
    """A cell that computes all the while; its message id."""
    enough = tmp_path / "enough"
    busy = kernel.start(f"while not os.path.exists({str(enough)!r}): time.sleep(0.02)")
    try:
        kernel.until(lambda m: m["msg_type"] == "execute_input" and of(m, busy))
        yield busy
    finally:
        enough.touch()
        kernel.idle(busy)


def of(message, msg_id):
    """Whether a message was caused by that one."""
    return message["parent_header"].get("msg_id") == msg_id


def show_form(kernel, prompt, **options):
    """A cell that shows a form; returns its message id."""
    msg_id = kernel.start(f"form = ltx.TextToVideo(prompt={prompt!r})\nform", **options)
    kernel.idle(msg_id)
    return msg_id


def press_generate(kernel):
    """Click Generate, as the page does, and wait for the job's id."""
    kernel.idle(kernel.click(kernel.ask("find(form, 'Generate').model_id")))
    deadline = time.monotonic() + 20
    while (request_id := kernel.ask("form.job.request_id")) is None:
        assert time.monotonic() < deadline
    return request_id


def is_cancelled(server, request_id, timeout_s=20):
    """Whether the server itself says, in time, that a job was cancelled."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if server.job(request_id)["error_type"] == "client_cancelled":
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def new_id(server):
    """Waits for the request id of a run that comes, from the history that all kernels share."""
    history = Session(server="local", folder=server.home).history
    known = {run.number for run in history.recent(1)}

    def wait():
        def newest():
            return [r for r in history.recent(1) if r.number not in known and r.request_id]

        wait_until(newest)
        return newest()[0].request_id

    return wait


def test_the_panel_lives_while_a_cell_blocks(kernel, tmp_path):
    """Updates reach the page while a cell computes, on every kernel."""
    show_form(kernel, f"a fox {SLOW}")
    press_generate(kernel)

    with blocking_cell(kernel, tmp_path):
        for _ in range(3):
            kernel.until(lambda m: m["msg_type"] == "comm_msg" and "ltx-times" in str(m["content"]))

    kernel.run("form.job.cancel()")


def test_the_kernel_is_free_while_a_form_works(kernel):
    """Other cells run at once while a clip is made."""
    show_form(kernel, f"a fox {SLOW}")
    press_generate(kernel)

    assert kernel.ask("1 + 1, form.job.done") == (2, False)
    kernel.run("form.job.cancel()")


def test_the_clip_is_an_output_of_the_form_s_cell(kernel):
    """It comes after other cells ran, as a plain output whose parent is the form's cell."""
    before = len(kernel.heard)
    cell = show_form(kernel, "a fox frames=10 pace=0.05")
    press_generate(kernel)
    kernel.run("another = 1")

    clip = kernel.until(
        lambda m: (
            m["msg_type"] == "display_data"
            and "<video" in m["content"]["data"].get("text/html", "")
        ),
        after=before,
    )

    assert clip["parent_header"]["msg_id"] == cell
    assert set(clip["content"]["data"]) == {"text/plain", "text/html", "image/jpeg"}
    assert clip["content"]["data"]["text/plain"].startswith("Clip(64 x 36")


@pytest.mark.parametrize(
    "code",
    [
        f"%%ltx\na fox {SLOW}",
        f"ltx.submit('a fox {SLOW}').result()",
        f"await ltx.submit('a fox {SLOW}')",
    ],
    ids=["magic", "result", "await"],
)
def test_interrupt_cancels_at_the_server(kernel, server, new_id, code):
    """The stop button ends the cell and the job, however the cell waits."""
    cell = kernel.start(code)
    request_id = new_id()

    kernel.manager.interrupt_kernel()
    kernel.idle(cell, timeout_s=30)

    # The job itself would have ended as finished.
    assert kernel.reply(cell)["status"] == "error"
    assert is_cancelled(server, request_id)


def test_cancel_works_while_a_cell_blocks(kernel, server, tmp_path):
    """A click that comes over a subshell, as JupyterLab sends it, is heard at once.

    ipykernel 6 has no subshells: there the click waits for the cell, and an interrupt is the way.
    """
    subshell = kernel.make_subshell()
    show_form(kernel, f"a fox {SLOW}")
    request_id = press_generate(kernel)
    button = kernel.ask("find(form, 'Cancel').model_id")

    with blocking_cell(kernel, tmp_path) as busy:
        click = kernel.click(button, subshell)
        assert subshell is None or is_cancelled(server, request_id)

    assert subshell is not None or kernel.idle(click) > kernel.idle(busy)
    assert is_cancelled(server, request_id)


def send(kernel, model_id, subshell, content, *buffers):
    """A message with bytes to a widget, as the page sends it; returns its id."""
    data = {"method": "custom", "content": content}
    message = kernel.client.session.msg("comm_msg", {"comm_id": model_id, "data": data})
    message["buffers"] = buffers
    if subshell is not None:
        message["header"]["subshell_id"] = subshell
    kernel.client.shell_channel.send(message)
    return message["header"]["msg_id"]


def test_the_studio_s_cancel_works_while_a_cell_blocks(kernel, server, tmp_path):
    """As a form's: its board hears the page at once where there are subshells."""
    subshell = kernel.make_subshell()
    kernel.run("studio = ltx.studio()\nstudio")
    kernel.run(f"job = ltx.submit('a fox {SLOW}')\nwhile not job.request_id: time.sleep(0.05)")
    request_id, number = kernel.ask("job.request_id, job.number")
    board = kernel.ask("studio.board.model_id")

    with blocking_cell(kernel, tmp_path) as busy:
        click = send(kernel, board, subshell, {"kind": "cancel", "id": str(number)})
        assert subshell is None or is_cancelled(server, request_id)

    assert subshell is not None or kernel.idle(click) > kernel.idle(busy)
    assert is_cancelled(server, request_id)
    kernel.run("studio.close()")


def test_an_upload_goes_on_while_a_cell_blocks(kernel, tmp_path):
    """Pieces are taken at once where there are subshells, and after the cell on ipykernel 6."""
    subshell = kernel.make_subshell()
    kernel.run("from ltx_widgets.widgets.upload import UploadPicker")
    kernel.run("form = ltx.ExtendVideo()\nform")
    picker = kernel.ask("next(p for p in parts(form) if isinstance(p, UploadPicker)).model_id")
    before = len(kernel.heard)

    def done():
        return kernel.until(lambda m: "'kind': 'done'" in str(m["content"]), after=before)

    with blocking_cell(kernel, tmp_path) as busy:
        offer = {"kind": "offer", "upload": "u", "name": "a.mp4", "size": 12, "stamp": 0}
        send(kernel, picker, subshell, offer)
        piece = {"kind": "piece", "upload": "u", "at": 0}
        send(kernel, picker, subshell, piece, b"\0\0\0\x0cftypmp42")
        assert subshell is None or done()

    assert subshell is not None or done()["heard_at"] > kernel.idle(busy)


def test_cancel_without_a_subshell_comes_after_the_cell(kernel, server):
    """Elsewhere a click is handled when the cell is over, on every kernel."""
    show_form(kernel, f"a fox {SLOW}")
    request_id = press_generate(kernel)
    button = kernel.ask("find(form, 'Cancel').model_id")
    busy = kernel.start("time.sleep(0.5)")

    kernel.click(button)
    kernel.idle(busy)

    assert is_cancelled(server, request_id)


def test_the_magic_shows_a_panel_and_leaves_a_clip(kernel):
    """With a person there: a live panel first, cleared in the end, and one result."""
    messages = kernel.run("%%ltx\na fox frames=10 pace=0.05", allow_stdin=True)

    kinds = [m["msg_type"] for m in messages]
    assert kinds.count("display_data") == 1
    assert kinds.index("clear_output") < kinds.index("execute_result")
    assert kinds.count("execute_result") == 1
    assert next(m for m in messages if m["msg_type"] == "clear_output")["content"]["wait"]


def test_the_magic_shows_only_its_clip_to_a_machine(kernel):
    """Without a person there: one result, and no widget at all."""
    messages = kernel.run("%%ltx\na fox", allow_stdin=False)

    outputs = [m["msg_type"] for m in messages if m["msg_type"] not in ("status", "execute_input")]
    assert outputs == ["execute_result"]


def test_a_magic_in_a_loop_clears_nothing(kernel):
    """Only a cell that is the magic is cleared: a loop keeps what it showed."""
    code = "for word in 'ab':\n    print(word)\n    get_ipython().run_cell_magic('ltx', '', word)"

    kinds = [m["msg_type"] for m in kernel.run(code, allow_stdin=True)]

    assert "clear_output" not in kinds


def test_a_failing_magic_is_an_error_of_one_line(kernel):
    """The cell fails, so that Run All stops; what is shown is the reason."""
    cell = kernel.start("%%ltx\nfail")
    kernel.idle(cell)

    error = next(m["content"] for m in kernel.of(cell) if m["msg_type"] == "error")
    assert error["ename"] == "JobFailed"
    assert len(error["traceback"]) == 1
    assert "no paint left" in error["traceback"][0]


def test_wrong_options_fail_the_cell(kernel):
    """A usage error stops Run All as well."""
    cell = kernel.start("%%ltx --duration 7\na fox")
    kernel.idle(cell)

    assert kernel.reply(cell)["status"] == "error"


def test_no_key_was_ever_sent(kernel):
    """Of all that this kernel said in all these tests, nothing holds the key."""
    show_form(kernel, "a fox")
    kernel.run("repr(vars(ltx.configure(server='local'))), repr(form.get_state())")

    everything = repr(kernel.heard)
    assert "ltx-form" in everything
    for secret in (CANARY, *CANARY.split(":")):
        assert secret not in everything
