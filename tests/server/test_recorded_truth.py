"""What our client sends is what fal's own clients send, recorded in one run on one server.

All three go through one recorder: fal-client and ours come to it by fal's host names over TLS, and
@fal-ai/client by its request middleware. Every difference must be in `ALLOWED`, with its reason.
"""

import asyncio
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from line_caller import LineCaller, Raised
from recorder import Recorder
from tls_front import FAL_HOSTS, TlsFront

from ltx_widgets.client import LTXClient
from ltx_widgets.config import FAL_QUEUE, Secret, Target
from ltx_widgets.storage import Outgoing
from ltx_widgets.submission import SubmitOptions
from ltx_widgets.wire import Ticket, stream_call

TESTS = Path(__file__).parents[1]
FAST = "fal-ai/ltx-2/text-to-video/fast"
GIVEN = {"prompt": "ein Fuchs, früh frames=1 pace=0", "duration": 6}
HOOK = "https://example.com/hook?job=a%20b&x=1"
# Large enough for parts with all three.
SIZE, PART = 101 << 20, 10 << 20
TEXT = "ein Gruß"

# JavaScript's way to upload is ours, too; Python's is for a storage that lacks the former.
SIGNED = frozenset({"/storage/upload/initiate", "/storage/upload/initiate-multipart"})
# Headers that no caller decides on: names, the HTTP library's own, the front's.
UNTOLD = {
    "user-agent": "each client says which it is",
    "accept-encoding": "what its HTTP library can unpack",
    "accept-language": "node's fetch sends * by itself",
    "sec-fetch-mode": "node's fetch takes itself for a page",
    "connection": "the library's, or the front's",
    "x-forwarded-proto": "the TLS front's, which JavaScript does not come through",
}
# What differs, theirs and ours.
ALLOWED = {
    ("header accept", "application/json", "*/*"): "the replies are JSON, whatever is asked for",
    (
        "header accept",
        "application/json, text/event-stream",
        "text/event-stream",
    ): "a proxy of Jupyter's holds a stream back that was asked for in any other way",
    ("header content-type", "application/json", None): "there is no body that would be JSON",
    ("header content-type", "video/mp4", None): "of a part; JavaScript sends none with it, either",
    ("header x-fal-queue-priority", "normal", None): "it is normal without being said",
    ("header x-fal-request-start-timeout", None, "30.0"): "the newer name, beside the older one",
    ("query logs", "true", "1"): "Python's word for JavaScript's 1",
}
# Requests that the other one has no need of: Python asks for the status before each result, also of
# a job that is known to be over; and it has a token from the upload before.
ASKED_BEFORE = {("python", "result"): 1, ("ours", "upload in parts by token"): 1}

PYTHON = {
    "submit": lambda call, _: call("submit", endpoint=FAST, arguments=GIVEN),
    "submit with options": lambda call, _: call(
        "submit",
        endpoint=FAST,
        arguments=GIVEN,
        priority="low",
        hint="gpu-7",
        start_timeout=30,
        webhook_url=HOOK,
        headers={
            "X-Fal-No-Retry": "1",
            "X-Fal-Store-IO": "0",
            "x-app-fal-disable-fallback": "true",
        },
    ),
    "status": lambda call, job: call("status", endpoint=FAST, request_id=job, with_logs=True),
    "result": lambda call, job: call("result", endpoint=FAST, request_id=job),
    "cancel": lambda call, job: call("cancel", endpoint=FAST, request_id=job),
    "upload by token": lambda call, _: call(
        "upload", text=TEXT, content_type="text/plain", file_name="a.txt"
    ),
    "upload in parts by token": lambda call, _: call("upload_file", path="large.mp4"),
}
JAVASCRIPT = {
    "submit": lambda call, _: call("submit", endpoint=FAST, input=GIVEN),
    "submit with expiry": lambda call, _: call(
        "submit",
        endpoint=FAST,
        input=GIVEN,
        priority="low",
        storageSettings={
            "expiresIn": 3600,
            "initialAcl": {"default": "forbid", "rules": []},
        },
    ),
    "status": lambda call, job: call("status", endpoint=FAST, requestId=job, logs=True),
    "stream": lambda call, job: call("streamStatus", endpoint=FAST, requestId=job, logs=True),
    "result": lambda call, job: call("result", endpoint=FAST, requestId=job),
    "cancel": lambda call, job: call("cancel", endpoint=FAST, requestId=job),
    "upload": lambda call, _: call("upload", text=TEXT, type="text/plain", name="grüße.txt"),
    "upload in parts": lambda call, _: call("upload", size=SIZE, type="video/mp4", name="a b.mp4"),
}
CASES = [
    *(("python", name) for name in PYTHON),
    *(("javascript", name) for name in JAVASCRIPT),
]


async def stream(client, ticket):
    events = client._transport.events(stream_call(ticket), is_last=lambda _: True)
    return [event async for event in events]


def ours(name, folder):
    """The same operation by our client: what to call with the client and a finished job."""
    text, large = folder / "text", folder / "large.mp4"
    expiry = SubmitOptions(expires_s=3600, access="forbid", priority="low")
    options = SubmitOptions(
        priority="low",
        hint="gpu-7",
        start_timeout_s=30,
        webhook_url=HOOK,
        no_retry=True,
        store_io=False,
        disable_fallback=True,
    )
    return {
        "submit": lambda client, _: client.submit(FAST, GIVEN),
        "submit with options": lambda client, _: client.submit(FAST, GIVEN, options=options),
        "submit with expiry": lambda client, _: client.submit(FAST, GIVEN, options=expiry),
        "status": lambda client, ticket: client.status(ticket),
        "stream": stream,
        "result": lambda client, ticket: client.result(ticket),
        "cancel": lambda client, ticket: client.cancel(ticket),
        "upload": lambda client, _: client.files.upload(Outgoing(text, "grüße.txt", "text/plain")),
        "upload in parts": lambda client, _: client.files.upload(
            Outgoing(large, "a b.mp4", "video/mp4")
        ),
        "upload by token": lambda client, _: client.files.upload(
            Outgoing(text, "a.txt", "text/plain")
        ),
        "upload in parts by token": lambda client, _: client.files.upload(
            Outgoing(large, "large.mp4", "video/mp4")
        ),
    }[name]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """What our client uploads; JavaScript makes the same content by itself."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "text").write_text(TEXT, "utf8")
    with (folder / "large.mp4").open("wb") as file:
        for number, at in enumerate(range(0, SIZE, PART), 1):
            file.seek(at)
            file.write(bytes([number]))
        file.truncate(SIZE)
    return folder


@pytest.fixture(scope="module")
def recorded(named_server, node, files, tmp_path_factory):
    """Every operation by an official client and by ours: lists of requests by client and name."""
    key, port = named_server.running.key.reveal(), urlsplit(named_server.running.url).port
    requests = {}
    with (
        Recorder(port, key) as recorder,
        TlsFront(tmp_path_factory.mktemp("tls"), dict.fromkeys(FAL_HOSTS, recorder.port)) as front,
        pytest.MonkeyPatch.context() as patch,
    ):
        environ = {"PATH": os.environ["PATH"], "FAL_KEY": key, **front.environ}
        for name in ("HTTPS_PROXY", "SSL_CERT_FILE"):
            patch.setenv(name, front.environ[name])
        patch.chdir(files)
        python = (sys.executable, str(TESTS / "fal_python.py"), "sync")
        javascript = (node, str(TESTS / "js" / "client.mjs"), "middleware", recorder.url)
        job = named_server.submit("a fox frames=1 pace=0", endpoint=FAST)
        named_server.wait(job)

        def record(who, name, act):
            recorder.seen.clear()
            recorder.lacking = SIGNED if "by token" in name else frozenset()
            act()
            seen = sorted(recorder.seen, key=_in_order)
            requests[who, name] = seen[ASKED_BEFORE.get((who, name), 0) :]

        for who, program, operations in (
            ("python", python, PYTHON),
            ("javascript", javascript, JAVASCRIPT),
        ):
            with LineCaller(program, environ) as call:
                for name, act in operations.items():
                    record(who, name, lambda act=act, call=call: _answered(act, call, job))
        for name in {**PYTHON, **JAVASCRIPT}:
            act = ours(name, files)
            record("ours", name, lambda act=act: asyncio.run(_called(act, key, job)))
    return requests


def _answered(act, call, job):
    with suppress(Raised):  # A cancel comes too late, which is as good to compare.
        act(call, job["request_id"])


async def _called(act, key, job):
    async with LTXClient(Target("hosted", FAL_QUEUE, Secret(key))) as client:
        await act(client, Ticket(FAST, job["request_id"]))


@pytest.mark.parametrize(("who", "name"), CASES)
def test_our_client_sends_what_the_official_one_sends(recorded, who, name):
    """Client 2, 4, 5, 17: the same requests, in all but the differences with a reason."""
    theirs, mine = recorded[who, name], recorded["ours", name]

    assert [told(each)["path"] for each in theirs] == [told(each)["path"] for each in mine]
    for their, my in zip(theirs, mine, strict=True):
        assert differing(their, my) - ALLOWED.keys() == set()


def test_every_allowance_is_needed(recorded):
    """A difference that is gone is no longer allowed."""
    found = set()
    for who, name in CASES:
        for their, my in zip(recorded[who, name], recorded["ours", name], strict=True):
            found |= differing(their, my)

    assert found == ALLOWED.keys()


def differing(theirs, ours):
    """What is not the same in both, with both values."""
    one, other = told(theirs), told(ours)
    return {
        (name, one.get(name), other.get(name))
        for name in one.keys() | other.keys()
        if one.get(name) != other.get(name)
    }


def told(seen):
    """A request as named facts, without what is another one each time."""
    headers = {name: value for name, value in seen.headers.items() if name not in UNTOLD}
    host = headers.pop("host")
    asked = headers.pop("x-asked-host", host)
    stored = seen.path.startswith("/uploads/")
    path = re.sub(r"^/uploads/[^/]+", "/uploads/ID", seen.path)
    path = re.sub(r"/multipart/[^/]+/", "/multipart/TICKET/", path)
    body = seen.content if len(seen.body) > 1 << 16 else seen.body
    if path.endswith("/complete"):  # Python names the parts as they come to an end.
        body = tuple(sorted(tuple(each.items()) for each in seen.content["parts"]))
    if headers.get("authorization", "").startswith("Bearer "):
        headers["authorization"] = "Bearer TOKEN"
    query = {name: "TICKET" if stored and name == "ticket" else value for name, value in seen.query}
    return {
        "method": seen.method,
        # A storage's address is made from the name under which it was asked for.
        "host": "the storage's own" if stored else asked,
        "path": path,
        "body": body,
        **{f"query {name}": value for name, value in query.items()},
        **{f"header {name}": value for name, value in headers.items()},
    }


def _in_order(seen):
    """Parts by their numbers: ours sends a few at a time."""
    number = re.search(r"/(\d+)$", seen.path)
    return seen.path.endswith("/complete"), seen.method == "PUT", int(number[1]) if number else 0
