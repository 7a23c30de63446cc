"""fal's own JavaScript client, unmodified, led to our server by what it offers for that.

Each test runs three times: with a request middleware, with a ``proxyUrl`` that keeps fal's contract
for proxies, and with our own proxy between it and the server. Needs node and the package
in tests/js, which ``make test`` installs.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from line_caller import LineCaller, Raised
from recorder import Recorder

JS = Path(__file__).parents[1] / "js"
PRO = "fal-ai/ltx-2.3/text-to-video"
FAST = "fal-ai/ltx-2/text-to-video/fast"
PICTURE = "fal-ai/ltx-2.3/image-to-video"
NOBODY = "00000000-0000-4000-8000-000000000000"
SHORT = {"prompt": "a fox frames=3 pace=0.01"}
STEPS = {"prompt": "a fox frames=20 pace=0.02"}
LONG = {"prompt": "a fox frames=5000"}
MIB = 1 << 20


@pytest.fixture(scope="module")
def passed(named_server):
    """The one way to the server; it can also play the proxy."""
    key = named_server.running.key.reveal()
    with Recorder(urlsplit(named_server.running.url).port, key) as recorder:
        yield recorder


@pytest.fixture(scope="module", params=["middleware", "proxy", "our proxy"])
def client(request, passed, named_server, node, shared_workshop):
    """The client, told of our server in one of three ways."""
    key, way = named_server.running.key.reveal(), (request.param, passed.url)
    if request.param == "proxy":
        key = None
    if request.param == "our proxy":
        shared_workshop.lead(named_server.running.url)
        key, way = shared_workshop.password, ("proxy", shared_workshop.url, passed.url)
    environ = {"PATH": os.environ["PATH"], **({"FAL_KEY": key} if key else {})}
    with LineCaller((node, str(JS / "client.mjs"), *way), environ) as caller:
        yield caller


@pytest.fixture
def running(client, named_server):
    """A job that keeps the only worker busy until the test is over."""
    named = {"endpoint": PRO, "requestId": submitted(client, LONG)["request_id"]}
    named_server.wait_for(address(named), "IN_PROGRESS", lines=1)
    yield named
    try:
        client("cancel", **named)
    except Raised as gone:
        assert gone.facts["status"] == 400, gone  # noqa: PT017 - it was cancelled by the test
    named_server.wait(address(named))  # The worker is free for the next test.


def test_a_job_is_submitted_followed_and_fetched_by_hand(client, named_server):
    """Server 16: the submit's reply is a status, each status is one, the result has its id."""
    ticket = submitted(client, SHORT)
    named = {"endpoint": PRO, "requestId": ticket["request_id"]}
    named_server.wait(address(named))

    silent, telling = (client("status", logs=logs, **named) for logs in (False, True))

    assert ticket["status"] == "IN_QUEUE"
    assert silent["status"] == "COMPLETED"
    assert silent["logs"] is None
    assert silent["response_url"]
    assert [line for line in telling["logs"] if "3/3 frames" in line["message"]]
    result = client("result", **named)
    assert result["requestId"] == ticket["request_id"]
    assert result["data"]["video"]["content_type"] == "video/mp4"


@pytest.mark.parametrize("mode", ["polling", "streaming"])
def test_subscribe_tells_each_line_once(client, mode):
    """Server 16: the log grows line by line, in the order of the work, in both modes."""
    told = client("subscribe", endpoint=PRO, input=STEPS, logs=True, mode=mode)

    assert told["enqueued"] == [told["requestId"]]
    assert told["data"]["video"]
    assert told["seen"][-1]["status"] == "COMPLETED"
    lines = [line["message"] for line in told["seen"][-1]["logs"]]
    assert len(lines) == len(set(lines))
    assert any("20/20 frames" in line for line in lines)


def test_a_status_stream_ends_with_the_job(client):
    """Server 16: its events hold the new lines only; the last one is COMPLETED."""
    named = {"endpoint": FAST, "requestId": submitted(client, STEPS, FAST)["request_id"]}

    told = client("streamStatus", logs=True, **named)

    assert told["last"]["status"] == told["events"][-1]["status"] == "COMPLETED"
    lines = [line["message"] for event in told["events"] for line in event.get("logs") or ()]
    assert len(lines) == len(set(lines))
    assert any("20/20 frames" in line for line in lines)


def test_a_finished_job_can_be_waited_for_once_more(client):
    """Server 16: a stream on a job that is over says so at once."""
    told = client("subscribe", endpoint=PRO, input=SHORT)
    named = {"endpoint": PRO, "requestId": told["requestId"]}

    for mode in ("polling", "streaming"):
        assert client("subscribeToStatus", mode=mode, **named)["status"] == "COMPLETED"


def test_run_answers_on_the_same_connection(client):
    """Server 16: fal.run returns what the queue's result would, with the request's id."""
    told = client("run", endpoint=PRO, input=SHORT)

    assert told["data"]["video"]["content_type"] == "video/mp4"
    assert told["requestId"]


def test_a_call_without_input_is_a_call_with_an_empty_one(client):
    """Server 16: its body has no bytes; what is missing is said like any other problem."""
    with pytest.raises(Raised) as caught:
        client("run", endpoint=PRO)

    assert caught.value.facts["status"] == 422
    assert caught.value.facts["body"]["detail"][0]["type"] == "missing"


def test_cancel_ends_a_running_job(client, running, named_server):
    """Server 16: the status says by what, the result raises, and a second cancel is too late."""
    client("cancel", **running)

    assert named_server.wait(address(running))["error_type"] == "client_cancelled"
    assert refusal(client, "result", **running)["status"] == 499
    assert refusal(client, "cancel", **running)["body"] == {"status": "ALREADY_COMPLETED"}


def test_a_limit_of_the_client_cancels(client, named_server):
    """Server 16: `timeout` rejects, and the job ends here, too."""
    named = {"endpoint": PRO, "requestId": submitted(client, LONG)["request_id"]}

    with pytest.raises(Raised, match="timed out"):
        client("subscribeToStatus", timeout=300, **named)

    assert named_server.wait(address(named))["error_type"] == "client_cancelled"


def test_options_change_the_place_in_the_queue(client, running):
    """Server 16: low waits behind normal; a hint changes nothing."""
    low = submitted(client, SHORT, priority="low", hint="gpu-7")
    normal = submitted(client, SHORT)

    places = [
        client("status", endpoint=PRO, requestId=each["request_id"])["queue_position"]
        for each in (low, normal)
    ]

    assert places == [1, 0]
    for each in (low, normal):
        client("cancel", endpoint=PRO, requestId=each["request_id"])


def test_a_job_that_cannot_start_in_time_is_given_up(client, running):
    """Server 16: its 504 is the caller's own, which the client does not try again."""
    late = submitted(client, SHORT, startTimeout=1.1)["request_id"]
    client("subscribeToStatus", endpoint=PRO, requestId=late, mode="streaming")

    facts = refusal(client, "result", endpoint=PRO, requestId=late)

    assert facts["status"] == 504
    assert facts["timeoutType"] == "user"


def test_refused_inputs_come_as_items(client):
    """Server 16: over the queue they wait at the result; the direct host answers with them."""
    bad = {"prompt": "a fox", "duration": 7, "resolution": "8k"}

    for call in ("subscribe", "run"):
        facts = refusal(client, call, endpoint=PRO, input=bad)

        assert facts["kind"] == "ValidationError"
        assert facts["status"] == 422
        assert facts["requestId"]
        assert {item["loc"][-1] for item in facts["body"]["detail"]} == {"duration", "resolution"}


def test_an_unknown_request_is_not_found(client):
    """Server 16: whatever is asked of it."""
    job = {"endpoint": PRO, "requestId": NOBODY}

    for call in ("status", "result", "cancel", "streamStatus"):
        facts = refusal(client, call, **job)
        assert facts["status"] == 404
        assert facts["body"] == {"status": "NOT_FOUND"}


def test_unknown_endpoints_are_refused(client):
    """Server 16: no such app, and LTX-2 has no stream; our proxy lets neither through."""
    for call, endpoint in (
        ("submit", "fal-ai/no-such-model"),
        ("run", "fal-ai/no-such-model"),
        ("stream", PRO),
    ):
        assert refusal(client, call, endpoint=endpoint, input=SHORT)["status"] in (400, 404)


def test_a_blob_goes_up_whole(client, named_server):
    """Server 16: with a name of its own, and with the one that the client makes up."""
    for name in ("grüße und küsse.txt", None):
        url = client("upload", text="ein Gruß", type="text/plain", name=name)

        assert fetched(named_server, url) == "ein Gruß".encode()


@pytest.mark.parametrize(("access", "status"), [("allow", 200), ("forbid", 403), ("hide", 404)])
def test_an_upload_is_for_whom_it_is_said_to_be(client, named_server, access, status):
    """Server 16: expiry and access are said when it begins."""
    lifecycle = {"expiresIn": "1h", "initialAcl": {"default": access}}
    url = client("upload", text="x", type="text/plain", lifecycle=lifecycle)
    path = urlsplit(url).path

    assert named_server.http.get(path, headers={"Authorization": ""}).status_code == status
    assert named_server.http.get(path).content == b"x"


def test_a_large_blob_goes_up_in_parts(client, passed, named_server):
    """Server 16: above 90 MiB, in parts of 10 MiB, put together in their order."""
    before = len(passed.seen)

    url = client("upload", size=91 * MIB, type="application/octet-stream", name="large.bin")

    assert sum(seen.method == "PUT" for seen in passed.seen[before:]) == 10
    content = fetched(named_server, url)
    assert len(content) == 91 * MIB
    assert [content[at] for at in range(0, 91 * MIB, 10 * MIB)] == list(range(1, 11))


def test_a_file_in_the_input_goes_up_by_itself(client):
    """Server 16: where it went is then an input like any other address."""
    picture = {"field": "image_url", "text": "no picture", "type": "image/png", "name": "a.png"}

    facts = refusal(client, "subscribe", endpoint=PICTURE, input=SHORT, file=picture)

    assert facts["status"] == 422
    assert facts["body"]["detail"][0]["loc"] == ["body", "image_url"]


def submitted(client, given, endpoint=PRO, **options):
    return client("submit", endpoint=endpoint, input=given, **options)


def address(named):
    """A job as the server's own helper names it."""
    return {"response_url": f"/{named['endpoint']}/requests/{named['requestId']}"}


def refusal(client, call, **given):
    """What a call is refused with."""
    with pytest.raises(Raised) as caught:
        client(call, **given)
    return caught.value.facts


def fetched(server, url):
    """What is at an upload's address, without the key."""
    reply = server.http.get(urlsplit(url).path, headers={"Authorization": ""})
    assert reply.status_code == 200
    return reply.content
