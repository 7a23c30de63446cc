"""Each of the 19 endpoints, from a call through client, server and the preview engine to a clip."""

from __future__ import annotations

import numpy as np
import pytest

from ltx_widgets.schema import ENDPOINTS
from ltx_widgets.session import Session
from ltx_widgets.video.encode import Mp4Writer, Picture

SECONDS, FPS, WIDE, TALL = 4, 25, 320, 180


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    """A small film with sound, a picture, and a sound, as a notebook user has them."""
    film = tmp_path_factory.mktemp("media") / "film.mp4"
    moments = np.arange(SECONDS * 48_000) / 48_000
    tone = np.sin(moments * 2 * np.pi * 220) * (moments % 0.5 < 0.2) * 0.4
    rng = np.random.default_rng(1)
    texture = rng.integers(30, 220, (TALL // 4, WIDE // 2), np.uint8).repeat(4, 0).repeat(4, 1)
    picture = Picture(WIDE, TALL)
    picture.u[:], picture.v[:] = 110, 140
    with Mp4Writer(film, width=WIDE, height=TALL, fps=FPS, sound_rate=48_000) as file:
        for number in range(SECONDS * FPS):
            picture.y[:] = texture[:, number : number + WIDE]
            file.write(picture)
        file.write_sound(np.stack([tone, tone]).astype(np.float32))
    still = np.dstack([texture[:, :WIDE]] * 3)
    return {"video": film, "image": still, "audio": tone.astype(np.float32)}


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """One session for all, so that the worker is warm; its server ends with the module."""
    from ltx_widgets.server.local import stop_server

    made = Session(server="local", folder=tmp_path_factory.mktemp("home"))
    yield made
    made.close()
    stop_server(made.folder / "server")


def request_for(row, media):
    """The shortest request of an endpoint, with media where it wants some."""
    takes = row.model.model_fields
    given = {name: value for name, value in media.items() if f"{name}_url" in takes}
    prompt = {"prompt": "slow pan left"} if "prompt" in takes else {}
    length = {"duration": 2} if row.task in ("extend-video", "retake-video") else {}
    return {**given, **prompt, **length, "endpoint": row.id}


def frames_expected(row):
    fixed = {"extend-video": SECONDS + 2, "retake-video": SECONDS, "reframe": SECONDS}
    return fixed.get(row.task, SECONDS if row.task == "audio-to-video" else 6) * FPS


@pytest.mark.slow
@pytest.mark.parametrize("row", ENDPOINTS.values(), ids=lambda row: row.id)
def test_an_endpoint_makes_a_clip(session, media, row):
    """Uploaded, drawn, fetched: a clip of the right length, labelled, its request with it."""
    clip = session.run(**request_for(row, media))

    assert clip.frames == frames_expected(row)
    assert sum(1 for _ in clip) == clip.frames
    assert clip.has_audio
    assert (clip.engine, clip.endpoint, clip.cost) == ("preview", row.id, "free")
    assert any("read as" in note for note in clip.notes) or row.task == "reframe"
