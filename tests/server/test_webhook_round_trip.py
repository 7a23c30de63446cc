"""From a job to whoever waits for it: our server, the wire, and the package's own receivers."""

import httpx
from hook_receiver import HookReceiver

import ltx_widgets as ltx
from ltx_widgets import WebhookReceiver, WebhookVerifier
from ltx_widgets.signing import JWKS_PATH

PRO = "fal-ai/ltx-2.3/text-to-video"


def submit(server, url, prompt="a fox", **fields):
    return server.http.post(
        f"/{PRO}", params={"fal_webhook": url}, json={"prompt": prompt, **fields}
    ).json()


def test_a_job_comes_back_as_a_verified_event(server):
    """Client 21, Server 11: the receiver fetches the server's keys by itself."""
    verifier = WebhookVerifier(jwks_url=server.running.url + JWKS_PATH)
    with WebhookReceiver(verifier=verifier) as hooks:
        ticket = submit(server, hooks.url)
        good = hooks.wait(60)
        submit(server, hooks.url, duration=7)
        bad = hooks.wait(60)

    assert (good.request_id, good.ok) == (ticket["request_id"], True)
    assert good.payload == server.result(ticket).json()
    assert (bad.ok, bad.error) == (False, "Invalid status code: 422")


def test_a_webhook_that_is_sent_again_is_handed_on_once(start):
    """Client 21, Server 11: an answer that got lost costs a second try and nothing else."""
    server = start("--webhook-pauses", "0,0")
    verifier = WebhookVerifier(jwks_url=server.running.url + JWKS_PATH)
    got = []
    with HookReceiver(500, 200) as wire, WebhookReceiver(got.append, verifier=verifier) as hooks:
        submit(server, wire.url)
        # What came twice on the wire, as it came.
        for arrival in (wire.take(), wire.take()):
            reply = httpx.post(hooks.url, content=arrival.body, headers=arrival.headers)
            assert reply.status_code == 200

    assert len(got) == 1


def test_a_receiver_that_refuses_is_tried_again(start):
    """Server 11: until the callback went well."""
    server = start("--webhook-pauses", "0,0,0,0", "--idle", "3")
    verifier = WebhookVerifier(jwks_url=server.running.url + JWKS_PATH)
    got = []

    def on_event(event):
        got.append(event)
        if len(got) < 4:
            raise RuntimeError("not yet")

    with WebhookReceiver(on_event, verifier=verifier) as hooks:
        submit(server, hooks.url)
        # It ends once nothing is left to do.
        assert server.ended() == 0

    assert len(got) == 4


def test_a_notebook_needs_one_line(tiny):
    """The receiver takes the keys of wherever `submit` sends jobs, here the embedded server."""
    ltx.configure(server="local")
    with WebhookReceiver() as hooks:
        job = ltx.submit("a fox", options=ltx.SubmitOptions(webhook_url=hooks.url))
        event = hooks.wait(60)
        clip = job.result()

    assert event.request_id == job.request_id
    assert event.payload["video"]["url"] == clip.url
