"""What a submit may ask for beside its inputs: headers and parameters, in every spelling."""

import base64
import json
import socket
import uuid

import pytest

PRO = "fal-ai/ltx-2.3/text-to-video"
FAST = "fal-ai/ltx-2.3/text-to-video/fast"
LONG = {"prompt": "a frames=5000"}
CLIP = bytes(range(256)) * 16  # what the tests' engines write


def submit(server, prompt="a fox", *, endpoint=PRO, params=None, body=None, **headers):
    """Submit with headers, their names' underscores being dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return server.http.post(
        f"/{endpoint}", json={"prompt": prompt, **(body or {})}, params=params, headers=named
    )


def occupied(server):
    """The server, busy with a long job."""
    first = server.http.post(f"/{PRO}", json=LONG).json()
    server.wait_for(first, "IN_PROGRESS")
    return first


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Fal_Request_Timeout": "0.3"},
        {"X_Fal_Request_Start_Timeout": "0.3"},
        {"X_Fal_Request_Start_Timeout": "0.3", "X_Fal_Request_Timeout": "500"},
    ],
    ids=["old", "new", "new wins"],
)
def test_a_job_that_cannot_start_in_time_ends(slow, headers):
    """Server 7: 504 with the type user, which nobody tries again."""
    occupied(slow)

    late = submit(slow, **headers).json()
    last = slow.wait(late)
    result = slow.result(late)

    assert (last["status"], last["error_type"]) == ("COMPLETED", "request_timeout")
    assert result.status_code == 504
    assert result.json()["error_type"] == "request_timeout"
    assert result.headers["x-fal-request-timeout-type"] == "user"
    assert result.headers["x-fal-error-type"] == "request_timeout"
    assert result.headers["x-fal-needs-retry"] == "0"


def test_a_start_timeout_binds_no_job_that_runs(slow):
    """Server 7: it is about the start only."""
    slow.wait(submit(slow, "first frames=1 pace=0").json())  # Its worker is there from then on.
    ticket = submit(slow, "a frames=40", X_Fal_Request_Timeout="0.5").json()

    last = slow.wait(ticket)

    assert "error" not in last
    assert last["metrics"]["inference_time"] > 0.5


@pytest.mark.parametrize("value", ["soon", "0.1", "-3", "nan", "inf", "", "0"])
@pytest.mark.parametrize("name", ["X-Fal-Request-Timeout", "X-Fal-Request-Start-Timeout"])
def test_a_start_timeout_that_is_none_is_refused(server, name, value):
    """Server 7: malformed is a 400 bad_request, and nothing is queued."""
    reply = server.http.post(f"/{PRO}", json={"prompt": "a"}, headers={name: value})

    assert reply.status_code == 400
    assert reply.json()["error_type"] == reply.headers["x-fal-error-type"] == "bad_request"
    assert name in reply.json()["detail"]


def test_low_priority_waits_behind_everybody(slow):
    """Server 8: low behind normal, first come first served among equals."""
    occupied(slow)
    words = ["low", "LOW", "normal", "urgent", None]

    tickets = [
        submit(slow, **({"X_Fal_Queue_Priority": word} if word else {})).json() for word in words
    ]
    places = [slow.status(ticket)["queue_position"] for ticket in tickets]

    assert places == [3, 4, 0, 1, 2]


def test_low_priority_jobs_run_last(slow):
    """Server 8: the order of their starts is the order of the queue."""
    first = occupied(slow)
    tickets = [submit(slow, X_Fal_Queue_Priority=word).json() for word in ("low", "normal", "low")]

    slow.cancel(first)
    for ticket in tickets:
        slow.wait(ticket)

    jobs = slow.http.get("/_ltx/jobs").json()["jobs"]
    started = {job["request_id"]: job["started"] for job in jobs}
    order = sorted(tickets, key=lambda ticket: started[ticket["request_id"]])
    assert [tickets.index(ticket) for ticket in order] == [1, 0, 2]


def test_a_queue_that_is_too_long_is_refused(slow):
    """Server 8: 429 when more wait for this endpoint than the caller allows."""
    occupied(slow)
    submit(slow)
    submit(slow)

    refused = submit(slow, params={"fal_max_queue_length": 1})

    assert refused.status_code == 429
    assert "2 requests wait" in refused.json()["detail"]
    assert submit(slow, params={"fal_max_queue_length": 2}).status_code == 200
    assert submit(slow, endpoint=FAST, params={"fal_max_queue_length": 0}).status_code == 200


@pytest.mark.parametrize("value", ["-1", "many", "1.5", "", "²"])
def test_a_queue_length_that_is_none_is_refused(server, value):
    """Server 8: 400, not a guess."""
    reply = submit(server, params={"fal_max_queue_length": value})

    assert (reply.status_code, reply.json()["error_type"]) == (400, "bad_request")


def test_what_means_nothing_here_is_let_be(server):
    """Server 1: hints, fallbacks, retry settings and tags are accepted."""
    reply = submit(
        server,
        X_Fal_Runner_Hint="warm",
        x_app_fal_disable_fallback="1",
        X_Fal_Retry_Config="{not json",
        X_Fal_Tags="a=b",
        x_fal_request_source="sdk",
    )

    assert reply.status_code == 200


def test_no_retry_ends_with_the_first_attempt(start, tmp_path):
    """A worker's death is then the job's end, with fal's word for it."""
    server = start(engines=("CrashEngine",))
    prompt = f"a crashes=1 marks={tmp_path / 'marks'}"
    ticket = submit(server, prompt, X_Fal_No_Retry="true").json()

    server.wait(ticket)
    result = server.result(ticket)

    assert result.status_code == 503
    assert result.json()["error_type"] == "runner_disconnected"


def test_a_request_that_is_not_to_be_kept_is_not(start):
    """With X-Fal-Store-IO: 0 its prompt is in no file of the server once it is over."""
    server = start()
    ticket = submit(server, "an unrepeatable walrus", X_Fal_Store_IO="0").json()
    kept = submit(server, "an everlasting walrus").json()
    server.wait(ticket)
    server.wait(kept)

    server.http.post("/_ltx/shutdown")
    server.ended()
    files = b"".join(path.read_bytes() for path in server.state_dir.glob("queue.db*"))

    assert b"everlasting" in files
    assert b"unrepeatable" not in files


def test_the_same_submission_twice_is_one_job(slow):
    """Who was cut off may send again, or ask what became of it."""
    occupied(slow)
    name = uuid.uuid4().hex

    before = slow.http.get(f"/_ltx/submissions/{name}")
    first = submit(slow, X_Ltx_Submission=name).json()
    again = submit(slow, X_Ltx_Submission=name).json()
    found = slow.http.get(f"/_ltx/submissions/{name}").json()

    assert before.status_code == 404
    assert before.json() == {"status": "NOT_FOUND"}
    assert first["request_id"] == again["request_id"] == found["request_id"]
    assert len(slow.http.get("/_ltx/jobs").json()["jobs"]) == 2


def test_a_clip_is_kept_for_as_long_as_was_asked(slow):
    """Server 12: an expired clip is gone from its address and from the disk; its result stays."""
    lifecycle = '{"expiration_duration_seconds": 0.2}'
    ticket = submit(slow, X_Fal_Object_Lifecycle_Preference=lifecycle).json()
    slow.wait(ticket)
    url = slow.result(ticket).json()["video"]["url"]
    later = submit(slow, "a frames=40").json()
    slow.wait(later)  # longer than the clip is kept

    gone = slow.http.get(url)

    assert gone.status_code == 404
    assert slow.result(ticket).status_code == 200


@pytest.mark.parametrize(("decision", "code"), [("allow", 200), ("forbid", 403), ("hide", 404)])
def test_a_clip_is_for_whom_it_was_said_to_be(server, decision, code):
    """Server 12: without the key only what is allowed; with it, everything."""
    lifecycle = f'{{"initial_acl": {{"default": "{decision}"}}}}'
    ticket = submit(server, X_Fal_Object_Lifecycle_Preference=lifecycle).json()
    server.wait(ticket)
    url = server.result(ticket).json()["video"]["url"]

    assert server.http.get(url, headers={"Authorization": ""}).status_code == code
    assert server.http.get(url).status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"expiration_duration_seconds": 0}',
        '{"expiration_duration_seconds": "1d"}',
        '{"expiration_duration_seconds": true}',
        '{"expiration_duration_seconds": 1e999}',
        '{"initial_acl": {"default": "maybe"}}',
    ],
)
def test_a_lifecycle_that_is_none_is_refused(server, text):
    """400, before anything is queued."""
    reply = submit(server, X_Fal_Object_Lifecycle_Preference=text)

    assert (reply.status_code, reply.json()["error_type"]) == (400, "bad_request")


def test_the_direct_host_answers_with_the_output(server):
    """Server 10: the same output as the queue's, on the same connection."""
    reply = server.http.post(f"/_run/{PRO}", json={"prompt": "a fox"})
    output = reply.json()

    assert reply.status_code == 200
    assert reply.headers["x-fal-billable-units"] == "0"
    request_id = reply.headers["x-fal-request-id"]
    assert output == server.http.get(f"/fal-ai/ltx-2.3/requests/{request_id}").json()
    assert server.http.get(output["video"]["url"]).content == CLIP


def test_the_direct_host_refuses_as_the_queue_does(server):
    """Server 10: error bodies and headers are the result URL's."""
    invalid = server.http.post(f"/_run/{PRO}", json={"prompt": ""})
    failed = server.http.post(f"/_run/{PRO}", json={"prompt": "fail"})
    unknown = server.http.post("/_run/fal-ai/nothing", json={})

    assert invalid.status_code == 422
    assert invalid.json()["detail"][0]["loc"] == ["body", "prompt"]
    assert failed.status_code == 500
    assert failed.headers["x-fal-error-type"] == "runner_server_error"
    assert unknown.status_code == 404


def test_the_direct_host_has_no_queue(slow):
    """Server 8: 429 concurrent_requests_limit where others are under way."""
    occupied(slow)

    refused = slow.http.post(f"/_run/{PRO}", json={"prompt": "a fox"})

    assert refused.status_code == 429
    assert refused.json()["error_type"] == "concurrent_requests_limit"
    assert refused.headers["x-fal-needs-retry"] == "1"


def test_who_hangs_up_on_the_direct_host_ends_the_render(slow):
    """Server 10: a client that is gone wants nothing any more."""
    body = json.dumps(LONG).encode()
    where = (slow.http.base_url.host, slow.http.base_url.port)
    with socket.create_connection(where) as connection:
        connection.sendall(
            f"POST /_run/{PRO} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
            f"Authorization: Key {slow.running.key.reveal()}\r\n\r\n".encode()
            + body
        )
        while not (jobs := slow.http.get("/_ltx/jobs").json()["jobs"]):
            pass
        (job,) = jobs

    ticket = {"response_url": f"{slow.running.url}/fal-ai/ltx-2.3/requests/{job['request_id']}"}
    assert slow.wait(ticket)["error_type"] == "client_cancelled"


def test_sync_mode_puts_the_clip_into_the_result(server):
    """Server 10: a data URI in place of the address, byte for byte the clip."""
    ticket = submit(server, body={"sync_mode": True}).json()
    server.wait(ticket)

    url = server.result(ticket).json()["video"]["url"]

    head, _, text = url.partition(",")
    assert head == "data:video/mp4;base64"
    assert base64.b64decode(text) == CLIP


def test_sync_mode_must_be_a_flag(server):
    """Server 9: its refusal is an item like any other."""
    ticket = submit(server, body={"sync_mode": "yes"}).json()

    item = server.result(ticket).json()["detail"][0]

    assert (item["loc"], item["type"]) == (["body", "sync_mode"], "bool_type")


def test_browsers_may_ask(server):
    """Server 13: a preflight needs no key; replies show fal's headers to scripts."""
    preflight = server.http.options(
        f"/{PRO}",
        headers={
            "Authorization": "",
            "Origin": "https://notebook.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,x-fal-queue-priority",
        },
    )
    reply = submit(server, Origin="https://notebook.example")
    wrong = submit(server, Origin="https://notebook.example", Authorization="Key no")

    allowed = preflight.headers["access-control-allow-headers"].lower()
    assert preflight.status_code == 200
    assert all(name in allowed for name in ("authorization", "content-type", "x-fal-queue-prior"))
    exposed = reply.headers["access-control-expose-headers"].lower()
    assert all(
        name in exposed for name in ("x-fal-request-id", "x-fal-billable-units", "x-fal-error-type")
    )
    assert reply.headers["access-control-allow-origin"] == "*"
    assert (wrong.status_code, wrong.headers["access-control-allow-origin"]) == (401, "*")


def test_other_names_are_answered_to_when_told(start):
    """A TLS front on this computer: its names, its scheme, the direct host by its name."""
    server = start("--answer-to", "queue.fal.run", "--answer-to", "fal.run")
    front = {"Host": "queue.fal.run", "X-Forwarded-Proto": "https"}

    ticket = server.http.post(f"/{PRO}", json={"prompt": "a"}, headers=front).json()
    server.wait(ticket)
    direct = server.http.post(f"/{PRO}", json={"prompt": "a"}, headers={"Host": "fal.run"})
    foreign = server.http.post(f"/{PRO}", json={"prompt": "a"}, headers={"Host": "evilfal.run"})

    assert ticket["status_url"].startswith("https://queue.fal.run/fal-ai/ltx-2.3/requests/")
    assert direct.json()["video"]["content_type"] == "video/mp4"
    assert foreign.status_code == 403


def test_nobody_else_is_believed_about_the_scheme(server):
    """Without --answer-to a forwarded scheme is a stranger's word."""
    reply = submit(server, X_Forwarded_Proto="https")

    assert reply.json()["status_url"].startswith("http://")


def test_headers_stay_small(server):
    """Server 18: all of them together below 16 KB, whatever the prompt."""
    ticket = submit(server, "fail " * 900).json()
    server.wait(ticket)

    replies = [server.result(ticket), server.http.get(server.path(ticket, "/status"))]

    sizes = [sum(len(name) + len(value) for name, value in r.headers.items()) for r in replies]
    assert max(sizes) < 16_384
    assert replies[0].headers["x-fal-billable-units"] == "0"
