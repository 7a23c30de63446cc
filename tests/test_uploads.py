"""Files go up once, streamed from disk, to storage that gets no key with them."""

from __future__ import annotations

import asyncio
import hashlib
import tracemalloc
from types import SimpleNamespace

import pytest

from ltx_widgets.client import LTXClient
from ltx_widgets.config import FAL_STORAGE, Secret, Target
from ltx_widgets.errors import MediaError, ProtocolError
from ltx_widgets.storage import Outgoing
from ltx_widgets.storage_wire import initiate_call, read_slot
from ltx_widgets.uploads import Uploads

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 64


def material(path, content=PNG):
    path.write_bytes(content)
    return SimpleNamespace(
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        name="fox.png",
        content_type="image/png",
        label="fox.png",
    )


async def sent(tiny, work):
    async with LTXClient(Target("local", tiny.url, tiny.key)) as client:
        return await work(client)


def test_storage_of_fal_is_fals_own():
    """The file storage is not the queue's host, and is named nowhere in a reply."""
    assert Target("hosted", "https://queue.fal.run", Secret("a:b")).storage == FAL_STORAGE
    assert Target("server", "https://gpu.lab").storage == "https://gpu.lab"


def test_a_place_is_asked_for_as_fals_own_client_does():
    """Same path, query and body."""
    call = initiate_call("fox.png", "image/png")

    assert (call.method, call.path, call.host) == ("POST", "/storage/upload/initiate", "storage")
    assert call.params == {"storage_type": "fal-cdn-v3"}
    assert call.json == {"content_type": "image/png", "file_name": "fox.png"}


@pytest.mark.parametrize("body", [None, [], {}, {"upload_url": "https://a"}, {"file_url": 3}])
def test_a_reply_without_a_place_is_refused(body):
    """Nothing is sent to an address that is none."""
    with pytest.raises(ProtocolError):
        read_slot(body)


def test_what_goes_up_comes_back(tiny, tmp_path):
    """The same bytes, under an address that anybody may fetch."""
    import httpx

    async def work(client):
        return await client.files.upload(Outgoing(given.path, given.name, "image/png"))

    given = material(tmp_path / "a.png")
    url = asyncio.run(sent(tiny, work))

    assert httpx.get(url).content == PNG


def test_progress_ends_with_the_whole(tiny, tmp_path):
    """Bytes so far grow to the size of the file."""
    told = []

    async def work(client):
        await client.files.upload(
            Outgoing(given.path, "a.png", "image/png"),
            on_progress=lambda *now: told.append(now),
        )

    given = material(tmp_path / "a.png", PNG * 100)
    asyncio.run(sent(tiny, work))

    assert told == sorted(told)
    assert told[-1] == (len(PNG) * 100, len(PNG) * 100)


def test_memory_does_not_grow_with_the_file(tiny, tmp_path):
    """40 MB go up in a few."""

    async def work(client):
        tracemalloc.start()
        await client.files.upload(Outgoing(given.path, "a.png", "image/png"))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    given = material(tmp_path / "a.png", PNG + bytes(40 << 20))

    assert asyncio.run(sent(tiny, work)) < 8 << 20


def test_the_same_content_goes_up_once(tiny, tmp_path):
    """Whatever its name and path; another content goes up by itself."""
    record = Uploads(tmp_path / "uploads.db")

    async def work(client):
        first = await record.address(client, material(tmp_path / "a.png"))
        again = await Uploads(tmp_path / "uploads.db").address(client, material(tmp_path / "b.png"))
        other = await record.address(client, material(tmp_path / "c.png", PNG + b"x"))
        return first, again, other

    first, again, other = asyncio.run(sent(tiny, work))

    assert first == again != other


def test_an_upload_of_last_week_is_not_trusted(tiny, tmp_path):
    """Services keep files for a week at least; ours counts six days."""
    now = [0.0]
    record = Uploads(tmp_path / "uploads.db", clock=lambda: now[0])

    async def work(client):
        first = await record.address(client, material(tmp_path / "a.png"))
        now[0] = 6.5 * 86_400
        return first, await record.address(client, material(tmp_path / "a.png"))

    first, later = asyncio.run(sent(tiny, work))

    assert first != later


def test_a_file_that_is_gone_is_named(tiny, tmp_path):
    """By its label, with what to do."""
    given = material(tmp_path / "a.png")
    given.path.unlink()

    with pytest.raises(MediaError, match=r"fox\.png is gone"):
        asyncio.run(sent(tiny, lambda client: Uploads(tmp_path / "u.db").address(client, given)))
