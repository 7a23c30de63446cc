"""fal's own Python client, unmodified, at fal's own host names: nothing tells it where it is.

The names lead over CONNECT and TLS to our server by three variables of the environment. Each test
runs with the synchronous and with the asynchronous client.
"""

import os
import sys
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from line_caller import LineCaller, Raised
from tls_front import FAL_HOSTS, TlsFront

HOSTS = (*FAL_HOSTS, "v3b.fal.media")
PROGRAM = Path(__file__).parents[1] / "fal_python.py"
PRO = "fal-ai/ltx-2.3/text-to-video"
FAST = "fal-ai/ltx-2/text-to-video/fast"
PICTURE = "fal-ai/ltx-2.3/image-to-video"
NOBODY = "00000000-0000-4000-8000-000000000000"
SHORT = {"prompt": "a fox frames=3 pace=0.01"}
LONG = {"prompt": "a fox frames=5000"}
MIB = 1 << 20


@pytest.fixture(scope="module")
def fal(named_server, tmp_path_factory):
    """The way to the server under fal's names."""
    port = urlsplit(named_server.running.url).port
    with TlsFront(tmp_path_factory.mktemp("tls"), dict.fromkeys(HOSTS, port)) as front:
        yield front


@pytest.fixture(scope="module")
def caller(fal, named_server, tmp_path_factory):
    """Start the client's program with a key."""
    stack = ExitStack()

    def start(kind, key=None):
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path_factory.mktemp("fal-home")),
            **fal.environ,
            "FAL_KEY": key or named_server.running.key.reveal(),
        }
        return stack.enter_context(LineCaller((sys.executable, str(PROGRAM), kind), environ))

    with stack:
        yield start


@pytest.fixture(scope="module", params=["sync", "async"])
def client(request, caller):
    """Both clients in turn."""
    return caller(request.param)


@pytest.fixture
def running(client, named_server):
    """A job that keeps the only worker busy until the test is over."""
    ticket = client("submit", endpoint=PRO, arguments=LONG)
    named_server.wait_for(ticket, "IN_PROGRESS", lines=1)
    yield ticket
    try:
        client("cancel", endpoint=PRO, request_id=ticket["request_id"])
    except Raised as gone:
        assert gone.facts["status_code"] == 400, gone  # noqa: PT017 - it was cancelled by the test
    named_server.wait(ticket)  # The worker is free for the next test.


def test_a_submit_is_answered_with_addresses_at_fal(client):
    """Server 16: the client takes them as they come, so they must lead to where it asked."""
    ticket = client("submit", endpoint=FAST, arguments=SHORT)
    base = f"https://queue.fal.run/fal-ai/ltx-2/requests/{ticket['request_id']}"

    assert ticket["response_url"] == base
    assert ticket["status_url"] == f"{base}/status"
    assert ticket["cancel_url"] == f"{base}/cancel"
    assert client("handle_get", request_id=ticket["request_id"])["video"]


def test_logs_are_null_until_they_are_asked_for(client):
    """Server 16: the first status may be any of the three; its logs are the ones wanted."""
    ticket = client("submit", endpoint=PRO, arguments=SHORT)
    named = {"request_id": ticket["request_id"]}
    first = client("handle_status", **named)
    client("handle_get", **named)

    silent, telling = (client("handle_status", with_logs=on, **named) for on in (False, True))

    assert first.get("logs") is None
    assert first["is"] in ("Queued", "InProgress", "Completed")
    assert silent["is"] == telling["is"] == "Completed"
    assert silent["logs"] is None
    assert "inference_time" in telling["metrics"]
    for line in telling["logs"]:
        assert {"message", "timestamp", "level", "source"} <= line.keys()


def test_iter_events_ends_with_the_whole_log(client):
    """Server 16: each poll's log begins with the log of the poll before."""
    ticket = client("submit", endpoint=PRO, arguments={"prompt": "frames=20 pace=0.01"})

    events = client("handle_events", request_id=ticket["request_id"], with_logs=True)

    assert events[-1]["is"] == "Completed"
    assert events[-1]["error"] is None
    logs = [event["logs"] for event in events if event["is"] != "Queued"]
    for before, after in pairwise(logs):
        assert after[: len(before)] == before
    assert any("20/20 frames" in line["message"] for line in logs[-1])


def test_subscribe_tells_every_step(client):
    """Server 16: the id comes first, the statuses follow, the result is the model's own."""
    told = client("subscribe", endpoint=PRO, arguments=SHORT, with_logs=True)

    assert len(told["enqueued"]) == 1
    assert told["seen"][-1]["is"] == "Completed"
    assert told["seen"][-1]["logs"]
    assert told["result"]["video"]["content_type"] == "video/mp4"


def test_a_job_is_found_again_by_its_id(client):
    """Server 16: endpoint and id are enough, without the submit's addresses."""
    ticket = client("submit", endpoint=FAST, arguments=SHORT)
    result = client("handle_get", request_id=ticket["request_id"])
    named = {"endpoint": FAST, "request_id": ticket["request_id"]}

    assert client("status", with_logs=False, **named)["is"] == "Completed"
    assert client("result", **named) == result


def test_a_waiting_and_a_running_job_are_told_apart(client, running):
    """Server 16: a waiting job has its place, a running one its log."""
    waiting = client("submit", endpoint=PRO, arguments=SHORT)["request_id"]

    assert client("handle_status", request_id=waiting) == {"is": "Queued", "position": 0}
    client("handle_cancel", request_id=running["request_id"])
    assert client("handle_get", request_id=waiting)["video"]


def test_cancel_ends_a_running_job(client, running):
    """Server 16: the status says by what, the result raises, and a second cancel is too late."""
    named = {"request_id": running["request_id"]}

    client("handle_cancel", **named)

    ended = client("handle_events", with_logs=False, **named)[-1]
    assert ended["error_type"] == "client_cancelled"
    assert refusal(client, "handle_get", **named) == (499, "client_cancelled")
    assert refusal(client, "handle_cancel", **named)[0] == 400


def test_a_low_priority_waits_behind_later_jobs(client, running):
    """Server 16: the place of each is counted with it."""
    low = client("submit", endpoint=PRO, arguments=SHORT, priority="low")["request_id"]
    normal = client("submit", endpoint=PRO, arguments=SHORT, priority="normal")["request_id"]

    places = [client("handle_status", request_id=each)["position"] for each in (low, normal)]

    assert places == [1, 0]
    client("handle_cancel", request_id=running["request_id"])
    for each in (low, normal):
        client("handle_get", request_id=each)


def test_a_job_that_cannot_start_in_time_is_given_up(client, running):
    """Server 16: its 504 is the caller's own, which the client does not try again."""
    late = client("submit", endpoint=PRO, arguments=SHORT, start_timeout=1.1)["request_id"]

    with pytest.raises(Raised) as caught:
        client("handle_get", request_id=late)

    assert caught.value.facts["status_code"] == 504
    assert caught.value.facts["response_headers"]["x-fal-request-timeout-type"] == "user"


def test_subscribe_cancels_what_takes_too_long(client, named_server):
    """Server 16: when the client's own limit has passed, the job ends here, too."""
    with pytest.raises(Raised) as caught:
        client("subscribe", endpoint=PRO, arguments=LONG, client_timeout=1.5)

    assert caught.value.facts["kind"] == "FalClientTimeoutError"
    where = f"https://queue.fal.run/{PRO}/requests/{caught.value.facts['request_id']}"
    assert named_server.wait({"response_url": where})["error_type"] == "client_cancelled"


def test_a_hint_and_a_webhook_are_taken(client):
    """Server 16: options that change nothing here do not harm."""
    options = {"hint": "gpu-7", "webhook_url": "http://127.0.0.1:9/hook?a=b&c=d"}
    ticket = client("submit", endpoint=PRO, arguments=SHORT, **options)

    assert client("handle_get", request_id=ticket["request_id"])["video"]


def test_run_answers_on_the_same_connection(client):
    """Server 16: fal.run returns what the queue's result would."""
    assert client("run", endpoint=PRO, arguments=SHORT)["video"]["content_type"] == "video/mp4"


def test_a_clip_is_at_the_media_host_for_anybody(client, named_server):
    """Server 16: as fal's own are, whichever way it was asked for."""
    for told in (
        client("subscribe", endpoint=PRO, arguments=SHORT)["result"],
        client("run", endpoint=PRO, arguments=SHORT),
    ):
        url = told["video"]["url"]

        assert url.startswith("https://v3.fal.media/files/")
        assert len(fetched(named_server, url)) == told["video"]["file_size"]


def test_refused_inputs_come_as_items(client):
    """Server 16: over the queue they wait at the result; the direct host answers with them."""
    bad = {"prompt": "a fox", "duration": 7, "resolution": "8k"}

    for call in ("subscribe", "run"):
        with pytest.raises(Raised) as caught:
            client(call, endpoint=PRO, arguments=bad)

        assert caught.value.facts["status_code"] == 422
        items = caught.value.facts["message"]
        assert {item["loc"][-1] for item in items} == {"duration", "resolution"}
        assert all({"loc", "msg", "type"} <= item.keys() for item in items)


def test_unknown_names_are_not_found(client):
    """Server 16: an app, a request, and a stream that LTX-2 has not."""
    asked = {"endpoint": "fal-ai/no-such-model", "arguments": SHORT}
    job = {"endpoint": PRO, "request_id": NOBODY}

    assert refusal(client, "submit", **asked)[0] == 404
    assert refusal(client, "run", **asked)[0] == 404
    for call in ("status", "result", "cancel"):
        assert refusal(client, call, **job)[0] == 404


def test_a_wrong_key_is_refused_everywhere(caller):
    """Server 16: queue and direct host say 401; nothing is tried again for ever."""
    stranger = caller("sync", key="who:knows")

    for call in ("submit", "run"):
        assert refusal(stranger, call, endpoint=PRO, arguments=SHORT)[0] == 401
    with pytest.raises(Raised, match="401"):
        stranger("upload", text="x", content_type="text/plain")


def test_an_uploaded_text_can_be_fetched_by_anybody(client, named_server):
    """Server 16: with its name or without one, as fal's live tests do."""
    for name in ("notes.txt", None):
        url = client("upload", text="grüße", content_type="text/plain", file_name=name)

        assert url.startswith("https://v3.fal.media/")
        assert fetched(named_server, url) == "grüße".encode()


@pytest.mark.parametrize(("access", "status"), [("allow", 200), ("forbid", 403), ("hide", 404)])
def test_an_upload_is_for_whom_it_is_said_to_be(client, named_server, access, status):
    """Server 16: the client leaves the list of rules out, where there are none."""
    url = client("upload_guarded", text="x", expires_in="1h", access=access)
    path = urlsplit(url).path

    assert named_server.http.get(path, headers={"Authorization": ""}).status_code == status
    assert named_server.http.get(path).content == b"x"


def test_an_uploaded_picture_is_an_input(client):
    """Server 16: its address at fal's media host leads the server to its own file."""
    url = client("upload_image", width=640, height=360)

    arguments = {"image_url": url, **SHORT}
    told = client("subscribe", endpoint=PICTURE, arguments=arguments, with_logs=True)

    assert any("given: image_url" in line["message"] for line in told["seen"][-1]["logs"])


def test_a_small_file_goes_up_whole(client, named_server, tmp_path):
    """Server 16: `upload_file` keeps the bytes."""
    path = tmp_path / "clip.bin"
    path.write_bytes(bytes(range(256)) * 40)

    assert fetched(named_server, client("upload_file", path=str(path))) == path.read_bytes()


def test_a_large_file_goes_up_in_parts(client, fal, named_server, tmp_path):
    """Server 16: above 100 MiB, in parts of 10 MiB, put together in their order."""
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        for number in range(11):
            file.seek(number * 10 * MIB)
            file.write(b"part %d" % number)
        file.truncate(101 * MIB)
    before = len(fal.heads)

    url = client("upload_file", path=str(path))

    asked = [head.split(" ", 2)[:2] for head in fal.heads[before:]]
    assert sum(method == "PUT" and "/multipart/" in where for method, where in asked) == 11
    assert url.startswith("https://v3.fal.media/")
    with path.open("rb") as file:
        content = fetched(named_server, url)
        assert len(content) == 101 * MIB
        assert content == file.read()


def test_nothing_was_asked_of_anybody_else(client, fal):
    """Server 16: each connection went to one of fal's own names."""
    client("run", endpoint=PRO, arguments=SHORT)

    assert {opened.removesuffix(":443") for opened in fal.opened} <= set(HOSTS)


def refusal(client, call, **given):
    """The status and the error type with which a call is refused."""
    with pytest.raises(Raised) as caught:
        client(call, **given)
    facts = caught.value.facts
    assert facts["kind"] == "FalClientHTTPError", caught.value
    return facts["status_code"], facts["error_type"]


def fetched(server, url):
    """What is at an address at fal's media host, without the key."""
    reply = server.http.get(urlsplit(url).path, headers={"Authorization": ""})
    assert reply.status_code == 200
    return reply.content
