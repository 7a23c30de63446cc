"""Webhooks of real jobs: what arrives, how often, and what is refused before it is queued."""

import json
import math
import stat

import httpx
import pytest
from hook_receiver import HookReceiver

from ltx_widgets.errors import ConfigError
from ltx_widgets.server.failures import fault
from ltx_widgets.server.store import Store
from ltx_widgets.server.webhook_body import MOST_BYTES, webhook_body
from ltx_widgets.server.webhook_key import KeyFile
from ltx_widgets.signing import JWKS_PATH, read_keys, signed_bytes

PRO = "fal-ai/ltx-2.3/text-to-video"


def submit(server, url, prompt="a fox", **fields):
    """Submit with a webhook."""
    return server.http.post(
        f"/{PRO}", params={"fal_webhook": url}, json={"prompt": prompt, **fields}
    )


def is_signed(arrival, server):
    """Whether one of the keys that the server shows, to anybody, made the signature."""
    keys = read_keys(httpx.get(server.running.url + JWKS_PATH).json())
    header = {name.lower(): value for name, value in arrival.headers.items()}
    message = signed_bytes(
        header["x-fal-webhook-request-id"],
        header["x-fal-webhook-user-id"],
        header["x-fal-webhook-timestamp"],
        arrival.body,
    )
    signature = bytes.fromhex(header["x-fal-webhook-signature"])
    return any(key.verifies(signature, message) for key in keys)


def outcome_at_end(server, ticket):
    """How a webhook was settled, once the server ended because nothing was left to do."""
    assert server.ended() == 0
    store = Store(server.state_dir / "queue.db")
    row = store.webhooks.find(ticket["request_id"])
    store.close()
    assert (row.url, row.body, row.due) == ("", None, None)
    return row


def test_a_good_job_is_told_with_its_output(server):
    """Server 11: OK, and the payload is what the result URL gives."""
    with HookReceiver() as receiver:
        ticket = submit(server, receiver.url).json()
        arrival = receiver.take()

    assert json.loads(arrival.body) == {
        "request_id": ticket["request_id"],
        "gateway_request_id": ticket["gateway_request_id"],
        "status": "OK",
        "payload": server.result(ticket).json(),
    }
    assert arrival.path == "/hook?token=s3cret"
    assert arrival.headers["Content-Type"] == "application/json"
    assert arrival.headers["X-Fal-Webhook-Request-Id"] == ticket["request_id"]
    assert is_signed(arrival, server)


def test_a_refused_job_is_told_with_its_items(server):
    """Server 11: ERROR, fal's sentence, and the body of the 422."""
    with HookReceiver() as receiver:
        ticket = submit(server, receiver.url, duration=7).json()
        arrival = receiver.take()

    body = json.loads(arrival.body)
    assert (body["status"], body["error"]) == ("ERROR", "Invalid status code: 422")
    assert body["payload"] == server.result(ticket).json()
    assert body["payload"]["detail"][0]["loc"] == ["body", "duration"]
    assert is_signed(arrival, server)


def test_a_failed_job_is_told_with_its_error(server):
    """Server 11: the engine's own failure."""
    with HookReceiver() as receiver:
        ticket = submit(server, receiver.url, "fail").json()
        body = json.loads(receiver.take().body)

    assert body["error"] == "Invalid status code: 500"
    assert body["payload"] == server.result(ticket).json()


@pytest.mark.parametrize("phase", ["queued", "running"])
def test_a_cancelled_job_is_told(slow, phase):
    """Server 11: whether it had begun or not."""
    with HookReceiver() as receiver:
        first = submit(slow, receiver.url, "a frames=5000").json()
        slow.wait_for(first, "IN_PROGRESS")
        ticket = submit(slow, receiver.url, "b").json() if phase == "queued" else first
        slow.cancel(ticket)
        body = json.loads(receiver.take().body)

    assert body["request_id"] == ticket["request_id"]
    assert body["error"] == "Invalid status code: 499"
    assert body["payload"]["error_type"] == "client_cancelled"


def test_a_job_that_started_too_late_is_told(slow):
    """Server 11: the queue's own failures are told as well."""
    with HookReceiver() as receiver:
        slow.wait_for(slow.submit("a frames=5000"), "IN_PROGRESS")
        slow.http.post(
            f"/{PRO}",
            params={"fal_webhook": receiver.url},
            json={"prompt": "b"},
            headers={"X-Fal-Request-Timeout": "0.2"},
        )
        body = json.loads(receiver.take().body)

    assert body["error"] == "Invalid status code: 504"
    assert body["payload"]["error_type"] == "request_timeout"


@pytest.mark.parametrize(
    ("output", "why"), [({"x": math.nan}, "not JSON"), ({"x": "a" * MOST_BYTES}, "larger than")]
)
def test_an_output_that_cannot_be_carried_is_told_of(tmp_path, output, why):
    """Server 11: OK, a payload of null, and why."""
    store = Store(tmp_path / "queue.db")
    job = store.add("r1", PRO, {})
    store.close()

    body = json.loads(webhook_body(job, output))

    assert (body["status"], body["payload"]) == ("OK", None)
    assert why in body["payload_error"]


def test_a_failed_try_is_followed_by_the_same_bytes(start):
    """Server 11: again after each answer but 2xx, and after none, with a signature of its own."""
    server = start("--webhook-pauses", "0,0,0,0,0")
    with HookReceiver(500, 0, 404, 429, 204) as receiver:
        submit(server, receiver.url)
        arrivals = [receiver.take() for _ in range(5)]

    assert len({arrival.body for arrival in arrivals}) == 1
    assert all(is_signed(arrival, server) for arrival in arrivals)


def test_a_delivered_webhook_is_not_sent_again(start):
    """Server 11: 2xx acknowledges; the server ends when nothing is left to do."""
    server = start("--webhook-pauses", "0", "--idle", "3")
    with HookReceiver(202) as receiver:
        ticket = submit(server, receiver.url).json()
        row = outcome_at_end(server, ticket)
        receiver.take()

        assert receiver.none_left()
    assert (row.tries, row.outcome) == (1, "was answered with 202")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_failures_for_good(start, status):
    """Server 11: neither followed nor tried again."""
    server = start("--webhook-pauses", "0,0", "--idle", "3")
    with (
        HookReceiver() as elsewhere,
        HookReceiver(status, location=elsewhere.url) as receiver,
    ):
        ticket = submit(server, receiver.url).json()
        row = outcome_at_end(server, ticket)
        receiver.take()

        assert receiver.none_left()
        assert elsewhere.none_left()
    assert row.outcome == f"was answered with {status}; redirects are not followed"


def test_tries_come_to_an_end(start):
    """Server 11: as many again as there are pauses, and the server waits for them with its end."""
    server = start("--webhook-pauses", "0.5,0", "--idle", "3")
    with HookReceiver(503) as receiver:
        ticket = submit(server, receiver.url).json()
        row = outcome_at_end(server, ticket)
        for _ in range(3):
            receiver.take()

        assert receiver.none_left()
    assert row.outcome == "was answered with 503; try 3 was the last"


def test_a_server_killed_during_a_try_makes_the_next_one_deliver(start):
    """Server 11: nothing that ended goes untold, and the bytes are those of the first try."""
    with HookReceiver(held=True) as receiver:
        first = start()
        submit(first, receiver.url)
        lost = receiver.take()
        first.kill()
        second = start()
        again = receiver.take()
        receiver.let_go()

        assert again.body == lost.body
        assert is_signed(again, second)


def test_a_pause_outlives_the_server(start):
    """Server 11: a failed try is followed by one of the next server's."""
    with HookReceiver(500, 200) as receiver:
        first = start("--webhook-pauses", "3600")
        submit(first, receiver.url)
        receiver.take()
        first.http.post("/_ltx/shutdown")
        first.ended()
        # An hour is more than this one's longest pause: so the clock was set in between.
        second = start("--webhook-pauses", "0")

        assert is_signed(receiver.take(), second)


def test_a_webhook_of_a_job_that_outlives_its_server_names_the_next_one(start, tmp_path):
    """The clip's address is one that answers, though the port changed."""
    with HookReceiver() as receiver:
        first = start(engines=("SlowEngine",))
        ticket = submit(first, receiver.url, f"a frames=1 until={tmp_path / 'killed'}").json()
        first.wait_for(ticket, "IN_PROGRESS")
        first.kill()
        (tmp_path / "killed").touch()
        second = start(engines=("SlowEngine",))
        video = json.loads(receiver.take().body)["payload"]["video"]

        assert second.http.get(video["url"]).status_code == 200


def test_few_are_called_at_once(start):
    """Server 11: the rest waits on disk until there is room."""
    server = start("--webhook-pauses", "0")
    with HookReceiver(held=True) as receiver:
        sent = {submit(server, receiver.url, duration=7).json()["request_id"] for _ in range(30)}
        first = [receiver.take() for _ in range(8)]
        assert receiver.most_at_once == 8
        receiver.let_go()
        came = [*first, *(receiver.take() for _ in range(22))]

    assert {json.loads(arrival.body)["request_id"] for arrival in came} == sent
    assert receiver.most_at_once <= 8


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hook",
        "ftp://example.com/hook",
        "file:///etc/passwd",
        "http://",
        "http://user:pass@example.com/",
        "http://exam ple.com/",
        "http://example.com:99999/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[fd00::1]/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "https://example.com/" + "a" * 9000,
    ],
)
def test_an_address_that_cannot_be_called_is_refused_at_once(server, url):
    """Server 11: 400 with a detail, and nothing is queued."""
    before = server.http.get("/_ltx/health").json()["jobs"]

    reply = submit(server, url)

    assert reply.status_code == 400
    assert reply.json()["detail"].startswith("fal_webhook ")
    assert reply.json()["error_type"] == "bad_request"
    assert "pass@" not in reply.text
    assert server.http.get("/_ltx/health").json()["jobs"] == before


def test_a_laboratory_may_be_called_in_its_network(start):
    """--allow-private-media covers what is called, too."""
    server = start("--allow-private-media")

    assert submit(server, "http://10.255.255.1:9/").status_code == 200


def test_a_server_for_others_does_not_call_its_own_computer(start):
    """Who may submit from elsewhere must not reach loopback through it."""
    server = start("--host", "0.0.0.0", "--allow-remote")

    reply = submit(server, "http://127.0.0.1:8888/")

    assert reply.status_code == 400
    assert "does not call" in reply.json()["detail"]


def test_a_direct_run_calls_nobody(start):
    """Its caller has the answer already."""
    server = start("--idle", "3")
    with HookReceiver() as receiver:
        reply = server.http.post(
            f"/_run/{PRO}", params={"fal_webhook": receiver.url}, json={"prompt": "a fox"}
        )
        server.ended()

        assert reply.status_code == 200
        assert receiver.none_left()


def test_the_key_is_made_once_and_for_its_owner(start):
    """Server 11: 32 bytes, mode 0600, the same after a restart; its public half is for all."""
    first = start()
    keys = httpx.get(first.running.url + JWKS_PATH).json()
    path = first.state_dir / "webhook.key"
    first.kill()
    second = start()

    assert httpx.get(second.running.url + JWKS_PATH).json() == keys
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_bytes()) == 32
    assert [entry.name for entry in path.parent.glob("webhook*")] == ["webhook.key"]


def test_a_broken_key_is_told_of(tmp_path):
    """It is not replaced in silence: receivers would take the new one for a forger's."""
    path = tmp_path / "webhook.key"
    path.write_bytes(b"half")

    with pytest.raises(ConfigError, match="move it away"):
        KeyFile(path).load()
    assert path.read_bytes() == b"half"


def test_a_draft_of_a_key_is_written_anew(tmp_path):
    """A crash while it was made leaves no half key behind."""
    (tmp_path / "webhook.key.part").write_bytes(b"half")

    KeyFile(tmp_path / "webhook.key").load()

    assert [entry.name for entry in tmp_path.iterdir()] == ["webhook.key"]


def test_the_log_holds_no_secret(start):
    """Neither the address's token nor the prompt nor a key."""
    server = start("--webhook-pauses", "0")
    with HookReceiver(500, 200) as receiver:
        submit(server, receiver.url, "planted prompt")
        receiver.take()
        receiver.take()
    server.http.post("/_ltx/shutdown")
    key = server.running.key.reveal()
    server.ended()

    log = (server.state_dir / "server.log").read_text()
    private = (server.state_dir / "webhook.key").read_bytes().hex()
    assert "the webhook of job" in log
    assert not [word for word in ("s3cret", "planted", key, private) if word in log]


def test_an_orphan_of_a_crashed_submit_is_forgotten(tmp_path):
    """Its job was never added, and nobody was told that it was."""
    store = Store(tmp_path / "queue.db")
    store.webhooks.add("gone", "http://127.0.0.1/", None)
    store.webhooks.add("here", "http://127.0.0.1/", None)
    store.add("here", PRO, {}, failure=fault("no"))

    store.webhooks.take_up(0.0)

    assert store.webhooks.find("gone") is None
    assert [hook.request_id for hook in store.webhooks.due(1.0, 9)] == ["here"]
    store.close()
