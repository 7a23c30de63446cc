"""fal's own Python client, pointed at our server by its URL formats alone."""

import asyncio

import fal_client
import fal_client.client
import pytest

from ltx_widgets import WebhookReceiver, WebhookVerifier
from ltx_widgets.signing import JWKS_PATH

PRO = "fal-ai/ltx-2.3/text-to-video"
FAST = "fal-ai/ltx-2/text-to-video/fast"


@pytest.fixture
def client(monkeypatch):
    """Make clients for a server."""
    made = []

    def make(server, kind=fal_client.SyncClient):
        monkeypatch.setattr(fal_client.client, "QUEUE_URL_FORMAT", f"{server.running.url}/")
        made.append(kind(key=server.running.key.reveal()))
        return made[-1]

    yield make
    for client in made:
        if isinstance(client, fal_client.SyncClient) and "_client" in client.__dict__:
            client._client.close()


def test_subscribe_follows_a_job_to_its_result(server, client):
    """Every status it shows is one that it knows."""
    seen = []

    result = client(server).subscribe(
        FAST, {"prompt": "a fox"}, with_logs=True, on_queue_update=seen.append
    )

    assert result["video"]["content_type"] == "video/mp4"
    assert isinstance(seen[-1], fal_client.Completed)
    assert seen[-1].logs[-1]["message"] == "read as: a test"


def test_submit_status_and_result_work_by_hand(server, client):
    """The handle's calls, and those by id, reach the same job."""
    ours = client(server)
    handle = ours.submit(PRO, {"prompt": "a fox"})
    server.wait({"response_url": handle.response_url})

    assert isinstance(handle.status(), fal_client.Completed)
    assert handle.get() == ours.result(PRO, handle.request_id)
    assert isinstance(ours.status(PRO, handle.request_id, with_logs=True), fal_client.Completed)


def test_waiting_and_running_jobs_are_understood(slow, client):
    """Queued has a position, InProgress has logs."""
    ours = client(slow)
    first = ours.submit(PRO, {"prompt": "a frames=5000"})
    second = ours.submit(PRO, {"prompt": "b frames=5000"})
    slow.wait_for({"response_url": first.response_url}, "IN_PROGRESS", lines=1)

    running = first.status(with_logs=True)

    assert isinstance(running, fal_client.InProgress)
    assert "engine: slow" in running.logs[0]["message"]
    assert second.status() == fal_client.Queued(position=0)


def test_cancel_works(slow, client):
    """The job ends, and its result raises with fal's error type."""
    ours = client(slow)
    handle = ours.submit(PRO, {"prompt": "a frames=5000"})
    slow.wait_for({"response_url": handle.response_url}, "IN_PROGRESS", lines=1)

    handle.cancel()

    with pytest.raises(fal_client.client.FalClientHTTPError) as caught:
        handle.get()
    assert caught.value.status_code == 499
    assert caught.value.error_type == "client_cancelled"


def test_a_refusal_arrives_as_its_error(server, client):
    """A bad request raises with the items of the 422."""
    with pytest.raises(fal_client.client.FalClientHTTPError) as caught:
        client(server).subscribe(PRO, {"prompt": ""})

    assert caught.value.status_code == 422


def test_the_async_client_works_too(server, client):
    """The same over asyncio."""

    async def subscribe():
        ours = client(server, fal_client.AsyncClient)
        try:
            return await ours.subscribe(PRO, {"prompt": "a fox"})
        finally:
            await (await ours._client).aclose()

    assert asyncio.run(subscribe())["engine"] == "instant"


def test_its_webhook_comes(server, client):
    """Server 11, 16: as it writes the address, and verified by the keys that the server shows."""
    verifier = WebhookVerifier(jwks_url=server.running.url + JWKS_PATH)
    with WebhookReceiver(verifier=verifier) as hooks:
        handle = client(server).submit(
            FAST, {"prompt": "a fox"}, webhook_url=f"{hooks.url}a?b=c&d=%20e"
        )

        assert hooks.wait(60).request_id == handle.request_id
