"""Client 22: a full day with planted keys, and then a search for them in all that the day left.

One real kernel, one real notebook, the embedded server, a server of one's own that is hostile, and
hosted fal behind a proxy that is not there. What is searched: every file below the day's folder
(clips, history, uploads, queue, logs, IPython's history and %store, crash report, pickles, the
saved notebook with its widgets) and every message that the kernel sent.

Two files hold keys on purpose: `server.json`, and the key that signs webhooks. Tickets of single
uploads are in the two stores that need them, and nowhere else.
"""

import base64
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import nbformat
import pytest
from kernel_driver import Kernel
from nbclient import NotebookClient
from scripted import CUT, Answer, Scripted

from ltx_widgets.blocking import Portal
from ltx_widgets.server.local import stop_server

FAL_KEY = "f41c4n4r-7e57-4b1d-9c3e:f41-s3cr3t-0123456789abcdef"
SERVER_KEY = "0wnc4n4r-7e57-4b1d-9c3e:0wn+s3cr3t/0123456789abcdef"
MAY_HOLD_KEYS = ("server.json", "webhook")
MAY_HOLD_TICKETS = ("queue.db", "uploads.db")
TESTS = Path(__file__).parents[1]
ENDPOINT = "fal-ai/ltx-2.3/text-to-video"

START = """
%load_ext ltx_widgets
import traceback, pickle, sys, pathlib, faulthandler, logging
import ltx_widgets as ltx
from page_parts import find
logging.basicConfig(level=logging.DEBUG, filename='day/jupyter.log', force=True)
"""
# As %debug would show them: every local of every frame, of causes and contexts too.
SHOW = """
def show_all(error):
    while error is not None:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            for name, value in frame.f_locals.items():
                if name not in ('error', 'In', 'Out') and not name.startswith('_'):
                    print(name, repr(value)[:4000], getattr(value, '__dict__', ''))
        print(repr(error), error, vars(error))
        error = error.__context__ or error.__cause__

def attempt(make):
    try:
        return make()
    except Exception as error:
        show_all(error)
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        print(''.join(shown.format()))
        try:
            pickle.dump(error, open(f'day/{type(error).__name__}.pickle', 'wb'))
        except Exception as trouble:
            print(trouble)
"""
LOCAL = [
    "%%ltx\na fox",
    "%%ltx\nfail",
    "clip = ltx.run('a fox in the snow'); clip",
    "extended = ltx.run(endpoint='fal-ai/ltx-2.3/extend-video', video=clip, duration=2); extended",
    "attempt(lambda: ltx.run('fail'))",
    "attempt(lambda: ltx.run('a', duration=7))",
    "form = ltx.TextToVideo(prompt='a fox'); form",
    "find(form, 'Generate').click(); form.job.result()",
    "print(ltx.jobs(), ltx.where(), form.get_state(), form.job, form.job.snapshot())",
]
OWN = [
    "session = ltx.configure(server=OWN)",
    "print(session, session.target, vars(session), repr(ltx.where()))",
    *["attempt(lambda: ltx.run('a fox'))"] * 7,
    "%xmode Verbose",
    "%%ltx\na fox",
    "ltx.run('a fox')",
    "%xmode Context",
    "attempt(lambda: pickle.dump(session.target, open('day/target.pickle', 'wb')))",
    "attempt(lambda: pickle.dump(session, open('day/session.pickle', 'wb')))",
]
HOSTED = [
    "del os.environ['LTX_SERVER']; session = ltx.configure()",
    "print(session, session.target, vars(session))",
    "form2 = ltx.TextToVideo(prompt='a fox'); form2",
    "find(form2, 'Generate').click(); attempt(form2.job.result)",
    "print(form2.get_state(), form2.job, form2.job.snapshot())",
]
TIDY = [
    "%whos",
    "%config",
    "target = ltx.where()\n%store target",
    "%store",
    "%history",
    "faulthandler.dump_traceback(open('day/faults.txt', 'w'))",
    """
from IPython.core.crashhandler import CrashHandler
from ipykernel.kernelapp import IPKernelApp
handler = CrashHandler(IPKernelApp.instance(), call_pdb=False)
try:
    ltx.run('a fox')
except Exception:
    import io, contextlib, unittest.mock
    with unittest.mock.patch('builtins.input'), contextlib.redirect_stderr(io.StringIO()):
        handler(*sys.exc_info())
""",
]


def echo(status, *, html=False):
    """A reply that repeats what it was sent, as careless servers do."""

    def answer(asked):
        said = asked.headers.get("authorization", "nothing")
        quoted = f"{said} {said.removeprefix('Key ')} {quote(said.removeprefix('Key '), safe='')}"
        if html:
            page = f"<html><h1>{status}</h1><pre>Authorization: {quoted}</pre></html>".encode()
            return Answer(status, page, {"Content-Type": "text/html", "X-Was": said})
        item = {"loc": ["body", said], "msg": quoted, "type": "value_error", "input": said}
        return Answer(status, {"detail": [item] if status == 422 else f"wrong: {quoted}"})

    return answer


def ticket(base, elsewhere):
    """A good submit whose addresses lead elsewhere."""
    tail = f"{ENDPOINT}/requests/r1"
    urls = {
        f"{name}_url": f"{elsewhere}/{name}/{tail}" for name in ("status", "cancel", "response")
    }
    return Answer(200, {"status": "IN_QUEUE", "request_id": "r1", "queue_position": 0, **urls})


@pytest.fixture
def hostile():
    """A server of one's own, and another place that it tries to send its callers to."""
    portal = Portal()
    own, elsewhere = Scripted(), Scripted()
    for server in (own, elsewhere):
        portal.call(server.__aenter__())
    done = Answer(200, {"status": "COMPLETED", "logs": None, "metrics": {}})
    moved = {"Location": f"{elsewhere.url}/{ENDPOINT}"}
    own.on(
        ENDPOINT,
        echo(401),
        echo(500, html=True),
        CUT,
        echo(422),
        Answer(307, {}, moved),
        echo(403),
        ticket(own.url, elsewhere.url),
        echo(401),
    )
    own.on("/status", done)
    own.on("/status/stream", echo(400, html=True))
    own.on("/requests/r1", Answer(200, {"video": {"url": f"{elsewhere.url}/clip.mp4"}}))
    yield own, elsewhere
    for server in (own, elsewhere):
        portal.call(server.__aexit__())
    portal.close()


def forms_of(key):
    """A key as it may turn up: whole, in halves, in base64 at any offset, percent-encoded."""
    parts = [key, *key.split(":")]
    coded = [base64.b64encode(b"x" * n + key.encode())[4:-4] for n in range(3)]
    urlsafe = [text.replace(b"+", b"-").replace(b"/", b"_") for text in coded]
    escaped = [json.dumps(part)[1:-1].replace("/", "\\/").encode() for part in parts]
    plain = [part.encode() for part in parts] + [quote(part, safe="").encode() for part in parts]
    return {*plain, *coded, *urlsafe, *escaped}


def leaks(folder, keys, *, besides):
    """Which file below a folder holds which form of a key."""
    return [
        f"{path.relative_to(folder)}: {form.decode()[:12]}…"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(besides)
        for key in keys
        for form in forms_of(key)
        if form in path.read_bytes()
    ]


def run_notebook(folder):
    """A saved notebook, with the state of its widgets."""
    cells = ["%load_ext ltx_widgets\nimport ltx_widgets as ltx", "ltx.TextToVideo(prompt='a fox')"]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in (*cells, "%%ltx\na fox")]
    )
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": folder}}).execute()
    nbformat.write(notebook, folder / "day.ipynb")


def run_day(kernel, own):
    """The cells, one after the other; some fail, and that is part of it."""
    kernel.run(f"import sys, os; sys.path.append({str(TESTS)!r}); OWN = {own.url!r}")
    kernel.run(START)
    kernel.run(SHOW)
    for source in (*LOCAL, *OWN, *HOSTED, *TIDY):
        kernel.idle(kernel.start(source), timeout_s=90)


@pytest.mark.slow
def test_a_day_leaves_no_key_behind(tiny, home, hostile, tmp_path, monkeypatch):
    """Client 22: no key in files, messages, logs, notebooks, tracebacks or crash reports."""
    own, elsewhere = hostile
    day = tmp_path / "day"
    day.mkdir()
    planted = {
        "FAL_KEY": FAL_KEY,
        "LTX_SERVER_KEY": SERVER_KEY,
        "IPYTHONDIR": str(day / "ipython"),
        # Hosted fal is asked through a proxy that hangs up: nothing leaves this computer.
        "HTTPS_PROXY": elsewhere.url,
    }
    for name, value in planted.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LTX_SERVER", "local")
    run_notebook(day)
    with (day / "kernel.log").open("wb") as log:
        kernel = Kernel(
            "installed", home, environ=planted, cwd=str(tmp_path), stdout=log, stderr=log
        )
        try:
            run_day(kernel, own)
        finally:
            kernel.stop()
    # The day was as it was meant to be.
    seen = {path.stem for path in day.glob("*.pickle")}
    assert seen > {"JobFailed", "AuthError", "AmbiguousSubmit", "InvalidRequest", "JobLost"}
    assert list(day.glob("ipython/Crash_report*"))
    (day / "messages.txt").write_text(repr(kernel.heard) + json.dumps(kernel.heard, default=str))

    keys = [FAL_KEY, SERVER_KEY, tiny.key.reveal()]
    assert leaks(tmp_path, keys, besides=MAY_HOLD_KEYS) == []
    assert all("authorization" not in asked.headers for asked in elsewhere.asked)
    stop_server(home / "server")
    with closing(sqlite3.connect(home / "server" / "queue.db")) as queue:
        tickets = [row[0] for row in queue.execute("SELECT ticket FROM uploads")]
    assert leaks(tmp_path, tickets, besides=MAY_HOLD_TICKETS) == []
