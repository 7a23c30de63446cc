"""Our client's proxy mode: client, proxy, TLS, and a second server that stands for fal."""

import asyncio

import pytest
from scripted import Answer, Scripted

from ltx_widgets.client import LTXClient
from ltx_widgets.config import resolve_target
from ltx_widgets.errors import (
    AmbiguousSubmit,
    APIError,
    AuthError,
    InvalidRequest,
    JobCancelled,
    TransportError,
)
from ltx_widgets.session import Session
from ltx_widgets.storage import Outgoing
from ltx_widgets.wire import Finished, Running

PRO = "fal-ai/ltx-2.3/text-to-video"
NAMES = ("queue.fal.run", "rest.fal.ai", "v3.fal.media")


@pytest.fixture
def fal(workshop, start, monkeypatch):
    """A second server that answers to fal's names, with fal's key; `make` takes its engine."""
    for name, value in workshop.front.environ.items():
        # For what a client fetches and puts without the proxy.
        monkeypatch.setenv(name, value)

    def make(engine="InstantEngine"):
        options = [part for name in NAMES for part in ("--answer-to", name)]
        server = start(*options, engines=(engine,), environ={"LTX_SERVER_KEY": workshop.key})
        workshop.lead(server.running.url)
        return server

    return make


def target_of(workshop, password=None):
    return resolve_target(proxy=workshop.url, key=password or workshop.password, environ={})


def with_client(workshop, scenario, **how):
    async def run():
        async with LTXClient(target_of(workshop, **how)) as client:
            return await scenario(client)

    return asyncio.run(run())


def test_a_job_goes_its_whole_way_through_the_proxy(workshop, fal):
    """Client 20: submit, status stream and result, each at fal's own address."""
    fal()
    seen = []

    async def scenario(client):
        return await client.run(PRO, {"prompt": "a fox"}, on_status=seen.append)

    outcome = with_client(workshop, scenario)

    assert isinstance(seen[-1], Finished)
    assert outcome.result.video.url.startswith("https://v3.fal.media/files/")
    asked = [head.split(" ")[:2] for head in workshop.front.heads]
    follow = f"/fal-ai/ltx-2.3/requests/{outcome.ticket.request_id}"
    assert asked == [
        ["POST", f"/{PRO}"],
        ["GET", f"{follow}/status/stream?logs=1"],
        ["GET", follow],
    ]
    assert workshop.password not in "".join(workshop.front.heads)


def test_log_lines_come_while_the_job_runs(workshop, fal):
    """Client 20, Server 15: the stream is a stream through the proxy too; a cancel arrives."""
    fal("SlowEngine")

    async def scenario(client):
        ticket = await client.submit(PRO, {"prompt": "a frames=5000"})
        async for status in client.follow(ticket):
            if isinstance(status, Running) and status.logs:
                break
        answer = await client.cancel(ticket)
        async for _ in client.follow(ticket):
            pass
        with pytest.raises(JobCancelled):
            await client.result(ticket)
        return answer

    assert with_client(workshop, scenario) == "requested"


def test_a_refusal_is_fals_own(workshop, fal):
    """Client 20, Server 15: the 422 of a job arrives with its items."""
    fal()

    async def scenario(client):
        with pytest.raises(InvalidRequest) as caught:
            await client.run(PRO, {"prompt": ""})
        return caught.value.problems

    [problem] = with_client(workshop, scenario)

    assert problem.field == "prompt"


@pytest.mark.parametrize(
    ("parts_from", "initiate", "then"),
    [(1 << 20, "initiate", ["PUT"]), (1, "initiate-multipart", ["PUT", "POST"])],
    ids=["whole", "in parts"],
)
def test_a_file_goes_straight_to_where_fal_says(
    workshop, fal, tmp_path, monkeypatch, parts_from, initiate, then
):
    """Client 20: only the initiate goes through the proxy; the bytes go without any key."""
    monkeypatch.setattr("ltx_widgets.storage._PARTS_FROM", parts_from)
    fal()
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(range(256)) * 400)

    async def scenario(client):
        url = await client.files.upload(Outgoing(path, "a.bin", "application/octet-stream"))
        return url, await client.files.is_there(url)

    url, there = with_client(workshop, scenario)

    first, *others = workshop.front.heads
    assert there
    assert url.startswith("https://v3.fal.media/uploads/")
    assert first.startswith(f"POST /storage/upload/{initiate}?storage_type=fal-cdn-v3 ")
    assert [head.split(" ")[0] for head in others] == [*then, "HEAD"]
    assert not any("authorization" in head.lower() for head in others)


def test_a_session_makes_a_clip_and_finds_its_job_again(workshop, fal):
    """Client 20: the history knows the proxy, so that `resume` asks there and nowhere else."""
    fal("ClipEngine")
    session = Session(proxy=workshop.url, key=workshop.password)
    try:
        clip = session.run("a fox", duration=6, generate_audio=False)
        [run] = session.jobs()
    finally:
        session.close()

    assert clip.path.exists()
    assert (run.place, run.url) == ("hosted", workshop.url)
    run.clip.unlink()
    elsewhere = Session(key="some:key")
    with pytest.raises(InvalidRequest, match=f'proxy="{workshop.url}"'):
        elsewhere.resume(run.request_id)
    again = Session(proxy=workshop.url, key=workshop.password)
    try:
        assert again.resume(run.request_id).result().path.exists()
    finally:
        again.close()


def test_a_wrong_password_is_an_error_of_its_own(workshop, monkeypatch):
    """Client 20: 401 before anything goes to fal; a proxy on loopback is reached directly."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    async def scenario(client):
        with pytest.raises(AuthError):
            await client.submit(PRO, {"prompt": "a fox"})

    with_client(workshop, scenario, password="wrong")

    assert workshop.front.opened == []


def test_an_endpoint_that_the_proxy_does_not_know_is_refused(workshop):
    """Server 15: the reason names the way to allow it."""

    async def scenario(client):
        with pytest.raises(APIError, match="--proxy-allow"):
            await client.submit("fal-ai/flux/dev", {})

    with_client(workshop, scenario)


def test_a_submit_that_broke_behind_the_proxy_is_not_sent_again(workshop):
    """Client 20: a proxy's 502 leaves open what fal took in."""

    async def scenario(client):
        async with Scripted() as broken:
            workshop.lead(broken.url)
            broken.on("", Answer(cut_after=0))
            with pytest.raises(AmbiguousSubmit):
                await client.submit(PRO, {"prompt": "a fox"})
            return broken.count("")

    assert with_client(workshop, scenario) == 1


def test_a_submit_to_a_proxy_that_is_away_was_not_sent(monkeypatch):
    """Client 20: the message has the proxy's name, and no password."""
    monkeypatch.setattr("ltx_widgets.retry.MOST_ATTEMPTS", 1)
    target = resolve_target(proxy="http://127.0.0.1:9", key="canary", environ={})

    async def run():
        async with LTXClient(target) as client:
            with pytest.raises(
                TransportError, match=r"127\.0\.0\.1:9: .*nothing was sent"
            ) as caught:
                await client.submit(PRO, {"prompt": "a fox"})
            return caught.value

    error = asyncio.run(run())

    assert not error.sent
    assert "canary" not in f"{error!r} {target!r}"
