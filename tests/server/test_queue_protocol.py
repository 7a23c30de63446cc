"""Every reply of the queue, as fal's clients expect it."""

import uuid

import pytest

PRO = "fal-ai/ltx-2.3/text-to-video"
FAST = "fal-ai/ltx-2/text-to-video/fast"

UNKNOWN = "6f0c3a52-9a41-4a53-8f6e-0d5b7c1e2f34"  # nobody has it


def test_a_submit_is_answered_with_all_fields(server):
    """Server 1: the reply has what the Python and the JavaScript client need."""
    reply = server.http.post(f"/{PRO}", json={"prompt": "a fox"})
    body = reply.json()

    base = f"{server.running.url}/fal-ai/ltx-2.3/requests/{body['request_id']}"
    assert reply.status_code == 200
    assert reply.headers["x-fal-request-id"] == body["request_id"]
    assert body == {
        "status": "IN_QUEUE",
        "request_id": str(uuid.UUID(body["request_id"])),
        "gateway_request_id": body["request_id"],
        "response_url": base,
        "status_url": f"{base}/status",
        "cancel_url": f"{base}/cancel",
        "queue_position": body["queue_position"],
        "logs": None,
        "metrics": {},
    }


def test_urls_follow_the_host_that_was_asked(server):
    """Whoever came by localhost is sent back to localhost."""
    port = server.http.base_url.port
    reply = server.http.post(
        f"/{PRO}", json={"prompt": "a fox"}, headers={"Host": f"localhost:{port}"}
    )

    assert reply.json()["status_url"].startswith(f"http://localhost:{port}/fal-ai/ltx-2.3/")


def test_an_unknown_application_is_refused_at_once(server):
    """Server 1: 404, with fal's words."""
    reply = server.http.post("/fal-ai/nothing", json={})

    assert reply.status_code == 404
    assert reply.json() == {"detail": 'Application "fal-ai/nothing" not found'}


@pytest.mark.parametrize(
    "body",
    [b"{", b"[1]", b'{"prompt": NaN}', b"\xff\xfe\xfd", b"[" * 100_000],
    ids=["cut", "list", "nan", "bytes", "deep"],
)
def test_a_body_that_is_no_json_object_is_refused_at_once(server, body):
    """Server 1: 422 with an item that says so."""
    reply = server.http.post(f"/{PRO}", content=body)

    assert reply.status_code == 422
    assert reply.json()["detail"][0]["loc"] == ["body"]


def test_no_body_is_an_empty_one(server):
    """Server 1: JavaScript clients send nothing for no input; the result tells what is missing."""
    reply = server.http.post(f"/{PRO}", headers={"Content-Type": "application/json"})

    assert reply.status_code == 200
    assert server.result(reply.json()).json()["detail"][0]["type"] == "missing"


def test_a_bad_request_is_accepted_and_refused_at_the_result(server):
    """Server 9: COMPLETED with an error; the 422 has one of fal's items for each problem."""
    ticket = server.submit("a fox", duration="6", resolution="8k")
    status, result = server.status(ticket), server.result(ticket)

    items = result.json()["detail"]
    assert (status["status"], status["error_type"]) == ("COMPLETED", "literal_error")
    assert "duration" in status["error"]
    assert result.status_code == 422
    assert result.headers["x-fal-error-type"] == "literal_error"
    assert result.headers["x-fal-billable-units"] == "0"
    assert [item["loc"] for item in items] == [["body", "duration"], ["body", "resolution"]]
    assert set(items[0]) == {"loc", "msg", "type", "url", "ctx", "input"}
    assert items[0]["url"] == "https://docs.fal.ai/errors/#literal_error"


def test_a_broken_rule_names_the_fields_to_change(server):
    """Server 9: rules between fields come out as items, too."""
    ticket = server.submit("a fox", endpoint=FAST, duration=20, fps=50)

    (item,) = server.result(ticket).json()["detail"]
    assert item["loc"] == ["body", "fps"]


def test_a_lone_surrogate_does_not_break_the_reply(server):
    """Half a character in a prompt is the caller's trouble, not a 500."""
    reply = server.http.post(f"/{PRO}", content=b'{"prompt": "\\ud800"}')

    assert server.result(reply.json()).status_code == 422


@pytest.mark.parametrize("task", ["image-to-video", "reframe"])
def test_requests_without_their_media_are_refused(server, task):
    """The job ends with a 422."""
    ticket = server.http.post(f"/fal-ai/ltx-2.3/{task}", json={}).json()
    server.wait(ticket)

    result = server.result(ticket)
    assert result.status_code == 422


def test_a_running_job_tells_its_status(slow):
    """Server 3: 202, IN_PROGRESS, no logs unless asked for, and its result has to wait."""
    ticket = slow.submit("a frames=500")
    slow.wait_for(ticket, "IN_PROGRESS")

    reply = slow.http.get(slow.path(ticket, "/status"))
    result = slow.result(ticket)

    assert (reply.status_code, reply.json()["status"]) == (202, "IN_PROGRESS")
    assert reply.json()["logs"] is None
    assert result.status_code == 400
    assert result.json() == {"detail": "Request is still in progress"}


def test_waiting_jobs_know_their_place(slow):
    """Server 3: positions count from 0 and move up when a job ahead is dropped."""
    tickets = [slow.submit(f"{name} frames=500") for name in "abcd"]
    slow.wait_for(tickets[0], "IN_PROGRESS")

    before = [slow.status(ticket)["queue_position"] for ticket in tickets[1:]]
    slow.cancel(tickets[1])

    assert before == [0, 1, 2]
    assert [slow.status(ticket)["queue_position"] for ticket in tickets[2:]] == [0, 1]


@pytest.mark.parametrize("asked", ["1", "true", "True"])
def test_a_finished_job_tells_its_status(server, asked):
    """Server 3: 200, COMPLETED, with the whole log for whoever asks."""
    ticket = server.submit("a fox")
    server.wait(ticket)

    reply = server.http.get(server.path(ticket, "/status"), params={"logs": asked})
    body = reply.json()

    assert (reply.status_code, body["status"]) == (200, "COMPLETED")
    assert [line["message"] for line in body["logs"]][-1] == "read as: a test"
    assert set(body["logs"][0]) == {"timestamp", "message", "level", "source", "labels"}
    assert body["metrics"]["inference_time"] >= 0
    assert "error" not in body
    assert "response_url" in body


def test_a_result_is_the_bare_output(server):
    """Server 18: the file's facts, who made it, and nothing to pay."""
    ticket = server.submit("a fox", duration=8)
    server.wait(ticket)

    reply = server.result(ticket)
    body = reply.json()

    name = f"instant-{ticket['request_id'][:8]}.mp4"
    assert reply.status_code == 200
    assert reply.headers["x-fal-request-id"] == ticket["request_id"]
    assert reply.headers["x-fal-billable-units"] == "0"
    assert reply.headers["x-ltx-engine"] == body["engine"] == "instant"
    assert body["video"]["url"].startswith(f"{server.running.url}/files/")
    assert body["video"] == {
        "url": body["video"]["url"],
        "content_type": "video/mp4",
        "file_name": name,
        "file_size": 4096,
        "width": 1920,
        "height": 1080,
        "fps": 25,
        "duration": 8,
        "num_frames": 200,
    }
    assert body["notes"]


@pytest.mark.parametrize("app", ["fal-ai/ltx-2", FAST])
@pytest.mark.parametrize("tail", ["", "/", "/response", "/response/", "/status", "/status/"])
def test_jobs_are_found_under_every_form_of_their_path(server, app, tail):
    """Server 2: base form and full id, with and without a slash behind, as old clients write it."""
    ticket = server.submit("a fox", endpoint=FAST)
    server.wait(ticket)

    reply = server.http.get(f"/{app}/requests/{ticket['request_id']}{tail}")

    assert reply.status_code == 200
    assert reply.json().get("video") or reply.json()["status"] == "COMPLETED"


@pytest.mark.parametrize("app", ["fal-ai/ltx-2", "fal-ai/ltx-2.3/text-to-video/fast", "x"])
@pytest.mark.parametrize(
    ("method", "tail"),
    [("GET", ""), ("GET", "/status"), ("GET", "/status/stream"), ("PUT", "/cancel")],
)
def test_another_apps_job_is_not_found(server, app, method, tail):
    """Server 2: an id under the wrong app is as unknown as any other."""
    ticket = server.submit("a fox")

    reply = server.http.request(method, f"/{app}/requests/{ticket['request_id']}{tail}")

    assert reply.status_code == 404
    assert reply.json() == {"status": "NOT_FOUND"}


@pytest.mark.parametrize("request_id", [UNKNOWN, "x", "%2e%2e", "'; --"])
def test_an_unknown_job_is_not_found(server, request_id):
    """Server 2: 404 with fal's body, whatever the id looks like."""
    reply = server.http.get(f"/fal-ai/ltx-2.3/requests/{request_id}/status")

    assert (reply.status_code, reply.json()) == (404, {"status": "NOT_FOUND"})


def test_a_failed_render_tells_why(server):
    """Server 5: the engine's words are in the log line, the status and the result."""
    ticket = server.submit("fail please")
    last = server.wait(ticket)

    result = server.result(ticket)

    assert last["error"] == "no paint left"
    assert result.status_code == 500
    assert result.json() == {"detail": "no paint left", "error_type": "runner_server_error"}
    assert result.headers["x-fal-error-type"] == "runner_server_error"


def test_a_bug_in_an_engine_fails_its_job_only(server):
    """The next job is rendered by the same process."""
    ticket = server.submit("burst please")
    server.wait(ticket)

    assert server.result(ticket).json()["error_type"] == "internal_error"
    assert server.wait(server.submit("a fox"))["status"] == "COMPLETED"


def test_paths_that_are_none_are_told_in_json(server):
    """404 and 405 have a detail like every other error."""
    missing = server.http.get("/nothing/here")
    wrong = server.http.delete("/_ltx/health")

    assert (missing.status_code, wrong.status_code) == (405, 405) or missing.status_code == 404
    assert "detail" in missing.json()
    assert "detail" in wrong.json()


def test_our_own_list_shows_the_newest_jobs(server):
    """Newest first, as many as asked for, without anybody's prompt."""
    ticket = server.submit("a secret plan")
    server.wait(ticket)

    reply = server.http.get("/_ltx/jobs", params={"limit": 1})

    (job,) = reply.json()["jobs"]
    assert (job["request_id"], job["state"]) == (ticket["request_id"], "finished")
    assert "secret" not in reply.text
