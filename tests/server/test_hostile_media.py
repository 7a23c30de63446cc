"""Media that mean harm: each one a clear refusal of fal's type, and nothing inside is reached."""

import base64
import io
import struct
import wave
import zlib
from contextlib import closing

import httpx
import numpy as np
import pytest
from hostile_web import Web, good, moved
from PIL import Image
from tiny_engine import _paint

from ltx_widgets.video.encode import Mp4Writer, Picture

FIELDS = {
    "image": ("fal-ai/ltx-2.3/image-to-video", "image_url"),
    "audio": ("fal-ai/ltx-2.3/audio-to-video", "audio_url"),
    "video": ("fal-ai/ltx-2.3/reframe", "video_url"),
}


def picture(form, size=(64, 36), **options):
    to = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (*size[::-1], 3), np.uint8)
    Image.fromarray(noise).save(to, form, **options)
    return to.getvalue()


def png_of(width, height, *chunks):
    """A PNG that says this size; its picture is two bytes long."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), *chunks, (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def jpeg_of(width, height):
    """A JPEG whose header says this size."""
    data = bytearray(picture("JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def avif_of(width, height):
    """An AVIF whose boxes say this size."""
    data = picture("AVIF")
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", width, height) + data[at + 8 :]


def wav(seconds):
    to = io.BytesIO()
    with wave.open(to, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(int(seconds * 16_000)))
    return to.getvalue()


PNG = picture("PNG")
FONT = b"\x00\x01\x00\x00\x00\x0a\x00\x80\x00\x03\x00\x20OS/2" + bytes(2000)
M3U8 = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{canary}/segment.ts\n#EXT-X-ENDLIST\n"
CONCAT = b"ffconcat version 1.0\nfile '{canary}/a.mp4'\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="{canary}/a.png"/></svg>'
BOMB = zlib.compress(bytes(200 << 20), 9)

CONTENTS = [
    ("image", "empty", b"", "file_download_error"),
    ("image", "one-byte", b"\x89", "unsupported_image_format"),
    ("image", "truncated-png", PNG[:-2000], "image_load_error"),
    ("image", "truncated-jpeg", picture("JPEG")[:-500], "image_load_error"),
    ("image", "truncated-webp", picture("WEBP")[:-500], "image_load_error"),
    ("image", "truncated-avif", picture("AVIF")[:-200], "image_load_error"),
    ("image", "head-only", b"\x89PNG\r\n\x1a\n", "image_load_error"),
    ("image", "huge-png", png_of(60_000, 60_000), "image_too_large"),
    ("image", "huge-jpeg", jpeg_of(60_000, 60_000), "image_too_large"),
    ("image", "huge-avif", avif_of(60_000, 60_000), "image_load_error"),
    ("image", "bomb-png", png_of(8000, 8000, (b"IDAT", BOMB)), "image_too_large"),
    ("image", "bomb-icc", png_of(64, 36, (b"iCCP", b"x\0\0" + BOMB)), "image_load_error"),
    ("image", "bomb-text", png_of(64, 36, (b"zTXt", b"x\0\0" + BOMB)), "image_load_error"),
    ("image", "font", FONT, "unsupported_image_format"),
    ("image", "svg", SVG, "unsupported_image_format"),
    ("image", "gif", picture("GIF"), "unsupported_image_format"),
    ("image", "html", b"<!doctype html><img src={canary}>", "unsupported_image_format"),
    ("image", "postscript", b"%!PS-Adobe-3.0 EPSF-3.0\n(x) run", "unsupported_image_format"),
    ("video", "empty", b"", "file_download_error"),
    ("video", "picture", PNG, "unsupported_video_format"),
    ("video", "random", bytes(range(7, 256)) * 9, "unsupported_video_format"),
    ("video", "playlist", M3U8, "unsupported_video_format"),
    ("video", "ffconcat", CONCAT, "unsupported_video_format"),
    ("video", "concat", b"concat:{canary}/a|{canary}/b", "unsupported_video_format"),
    (
        "video",
        "dash",
        b'<?xml version="1.0"?><MPD><BaseURL>{canary}</BaseURL></MPD>',
        "unsupported_video_format",
    ),
    ("video", "ftyp-only", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "unsupported_video_format"),
    (
        "video",
        "ftyp-playlist",
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + M3U8,
        "unsupported_video_format",
    ),
    ("video", "ebml-only", b"\x1aE\xdf\xa3" + bytes(500), "unsupported_video_format"),
    ("audio", "empty", b"", "file_download_error"),
    ("audio", "picture", PNG, "unsupported_audio_format"),
    ("audio", "playlist", b"[playlist]\nFile1={canary}/a.mp3\n", "unsupported_audio_format"),
    ("audio", "midi", b"MThd\0\0\0\x06" + bytes(50), "unsupported_audio_format"),
    ("audio", "short", wav(1), "audio_duration_too_short"),
    ("audio", "long", wav(30), "audio_duration_too_long"),
    ("audio", "no-samples", wav(0), "unsupported_audio_format"),
    ("audio", "head-only", wav(9)[:30], "unsupported_audio_format"),
    ("audio", "ogg-only", b"OggS" + bytes(100), "unsupported_audio_format"),
    ("audio", "tag-only", b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(100), "unsupported_audio_format"),
    ("audio", "font", FONT, "unsupported_audio_format"),
]


@pytest.fixture(scope="module")
def canary():
    """A server inside: whoever comes has got through."""
    with closing(Web({"/": good(PNG), "/a.png": good(PNG)})) as web:
        yield web


def refusal(server, kind, url, **fields):
    """The one item of a refused request."""
    endpoint, field = FIELDS[kind]
    prompt = {} if kind == "video" else {"prompt": "a fox"}
    ticket = server.http.post(f"/{endpoint}", json={field: url, **prompt, **fields}).json()
    server.wait(ticket)
    result = server.result(ticket)
    assert result.status_code == 422, result.text
    (item,) = result.json()["detail"]
    assert item["loc"] == ["body", field]
    return item


def as_data(content):
    # The type is a lie, as it may be.
    return "data:video/mp4;base64," + base64.b64encode(content).decode()


@pytest.mark.parametrize(
    ("kind", "content", "error"),
    [pytest.param(k, c, e, id=f"{k}-{name}") for k, name, c, e in CONTENTS],
)
def test_hostile_content_is_refused(server, canary, kind, content, error):
    """Under fal's type, and no address in it is followed."""
    content = content.replace(b"{canary}", canary.url.encode())
    item = refusal(server, kind, as_data(content))

    assert item["type"] == error
    assert not canary.seen


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    _paint(path, 25)
    return path.read_bytes()


def test_a_truncated_clip_is_refused(server, clip):
    """Its index stands at its start and names what is missing, or is missing itself."""
    assert refusal(server, "video", as_data(clip[:600]))["type"] == "unsupported_video_format"


def test_a_film_larger_than_any_screen_is_refused(server, tmp_path):
    """Larger than 3840 x 2160."""
    with Mp4Writer(tmp_path / "a.mp4", width=4096, height=2304, fps=25) as file:
        file.write(Picture(4096, 2304))
    item = refusal(server, "video", as_data((tmp_path / "a.mp4").read_bytes()))

    assert item["type"] == "image_too_large"
    assert item["ctx"] == {"max_width": 3840, "max_height": 2160}


@pytest.mark.parametrize("kind", ["image", "audio"])
def test_a_lying_name_changes_nothing(server, clip, kind):
    """A clip is no picture, whatever type it claims; its sound would do, if it had any."""
    upload = server.http.post(
        "/storage/upload/initiate", json={"content_type": "image/png", "file_name": "fox.png"}
    ).json()
    httpx.put(upload["upload_url"], content=clip if kind == "image" else PNG)

    assert refusal(server, kind, upload["file_url"])["type"] == f"unsupported_{kind}_format"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/",
        "http://127.1:{port}/",
        "http://0:{port}/",
        "http://0.0.0.0:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f000001:{port}/",
        "http://0x7f.1:{port}/",
        "http://0177.0.0.1:{port}/",
        "http://017700000001:{port}/",
        "http://\uff11\uff12\uff17.0.0.1:{port}/",
        "http://127。0。0。1:{port}/",
        "http://localhost:{port}/",
        "http://LOCALHOST.:{port}/",
        "http://[::1]:{port}/",
        "http://[::]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[::ffff:7f00:1]:{port}/",
        "http://[::127.0.0.1]:{port}/",
        "http://[64:ff9b::7f00:1]:{port}/",
        "http://[2002:7f00:1::]:{port}/",
        "http://[fd00::1]:{port}/",
        "http://[fe80::1%25lo]:{port}/",
        "http://10.0.0.1:{port}/",
        "http://100.64.0.1:{port}/",
        "http://172.16.0.1:{port}/",
        "http://192.168.0.1:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://good@127.0.0.1:{port}/",
        "http://example.com:80@127.0.0.1:{port}/",
        "http://127.0.0.1:{port}\\@example.com/",
        "http://127.0.0.1:{port}/#@example.com/",
        "https://127.0.0.1:{port}/",
        "HTTP://127.0.0.1:{port}/",
        "http://127.0.0.1:{port}/files/00000000000000000000000000000000/clip.mp4",
        "http://127.0.0.1:{port}/uploads/../../../queue.db/x",
    ],
)
def test_nothing_inside_is_reached(server, canary, address):
    """By no spelling; the refusal says nothing of what is there."""
    item = refusal(server, "image", address.replace("{port}", str(canary.port)))

    assert item["type"] == "file_download_error"
    assert not canary.seen


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "/etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1/_x",
        "concat:/etc/passwd|/etc/hosts",
        "subfile,,start,0,end,9,,:/etc/passwd",
        "http://127.0.0.1/\r\nHost: inside",
        "http:///",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address_never_reaches_the_queue(server, address):
    """Refused as the request came."""
    assert refusal(server, "video", address)["type"] == "url_scheme"


@pytest.mark.parametrize(
    "uri",
    [
        "data:image/png;base64,",
        "data:image/png;base64,%%%",
        "data:image/png;base64,iVBORw0KGgo",
        "data:,",
        "data:;base64,====",
    ],
)
def test_broken_data_uris_are_refused(server, uri):
    """With the way to write one."""
    assert refusal(server, "image", uri)["type"] == "file_download_error"


def test_a_lab_may_fetch_from_its_own_network(start):
    """The setting lets loopback pass; a redirect out of http does not, even then."""
    routes = {"/a.png": good(PNG), "/away": moved("file:///etc/passwd")}
    with closing(Web(routes)) as web:
        server = start("--allow-private-media")
        ticket = server.submit("a", FIELDS["image"][0], image_url=f"{web.url}/a.png")
        server.wait(ticket)
        assert server.result(ticket).status_code == 200

        item = refusal(server, "image", f"{web.url}/away")
    assert item["type"] == "file_download_error"
