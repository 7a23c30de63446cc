"""A job's media on their way to the engine: found, named by content, bounded, gone afterwards."""

import base64
import hashlib
import io
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

IMAGE = "fal-ai/ltx-2.3/image-to-video"


def picture(form="PNG", size=(64, 36)):
    to = io.BytesIO()
    Image.new("RGB", size, "teal").save(to, form)
    return to.getvalue()


PNG = picture()


def uploaded(server, content):
    body = {"content_type": "image/jpeg", "file_name": "fox.jpg"}
    addresses = server.http.post("/storage/upload/initiate", json=body).json()
    httpx.put(addresses["upload_url"], content=content)
    return addresses["file_url"]


def log(server, ticket):
    return [line["message"] for line in server.status(ticket, logs=True)["logs"]]


def media_folders(server):
    return list((server.state_dir / "media").iterdir())


def given(field, suffix, content):
    """What the tests' engine says of a file."""
    return f"given: {field} {field}{suffix} {hashlib.sha256(content).hexdigest()}"


def test_an_upload_reaches_the_engine(server):
    """From disk, byte for byte, under a name that its content decided."""
    ticket = server.submit("a fox", IMAGE, image_url=uploaded(server, PNG))
    server.wait(ticket)

    assert given("image_url", ".png", PNG) in log(server, ticket)
    assert media_folders(server) == []


@pytest.mark.parametrize("host", ["https://elsewhere.example", "http://127.0.0.1:1"])
def test_an_upload_is_known_under_every_host(server, host):
    """A proxy's or a tunnel's name for this server cannot be fetched from here."""
    url = host + urlsplit(uploaded(server, PNG)).path
    ticket = server.submit("a fox", IMAGE, image_url=url)
    server.wait(ticket)

    assert server.result(ticket).status_code == 200


def test_both_pictures_of_a_request_arrive(server):
    """A data URI and an upload, each under its field."""
    jpeg = picture("JPEG")
    data = "data:;base64," + base64.b64encode(jpeg).decode()
    ticket = server.submit("a", IMAGE, image_url=uploaded(server, PNG), end_image_url=data)
    server.wait(ticket)

    lines = log(server, ticket)
    assert given("image_url", ".png", PNG) in lines
    assert given("end_image_url", ".jpg", jpeg) in lines
    assert "image_url: image/png, 0.0 MB, 64 x 36" in lines


def test_every_bad_file_has_its_own_item(server):
    """Both are named at once."""
    ticket = server.submit("a", IMAGE, image_url="data:,x", end_image_url="http://127.0.0.1/a")
    server.wait(ticket)

    items = server.result(ticket).json()["detail"]
    assert [(item["loc"][1], item["type"]) for item in items] == [
        ("image_url", "unsupported_image_format"),
        ("end_image_url", "file_download_error"),
    ]


def test_a_clip_made_here_can_be_worked_on(start):
    """The address of a result is one of ours."""
    server = start(engines=("ClipEngine",))
    ticket = server.submit("a fox")
    server.wait(ticket)
    url = server.result(ticket).json()["video"]["url"]

    again = server.http.post("/fal-ai/ltx-2.3/reframe", json={"video_url": url}).json()
    server.wait(again)
    assert server.result(again).status_code == 200
    assert any(line.startswith("given: video_url video_url.mp4 ") for line in log(server, again))


def test_rules_of_the_media_are_checked_before_the_render(start):
    """A section that the clip has no room for is refused by its field."""
    server = start(engines=("ClipEngine",))
    ticket = server.submit("a fox")
    server.wait(ticket)
    url = server.result(ticket).json()["video"]["url"]

    late = server.submit("a", "fal-ai/ltx-2.3/retake-video", video_url=url, start_time=9)
    server.wait(late)
    assert server.result(late).status_code == 422
    assert not any(line.startswith("given") for line in log(server, late))


def test_media_of_a_dead_server_are_swept(start):
    """The next server of the folder begins with none."""
    server = start(engines=("SlowEngine",))
    ticket = server.submit("a frames=5000", IMAGE, image_url=uploaded(server, PNG))
    server.wait_for(ticket, "IN_PROGRESS", lines=3)
    assert len(media_folders(server)) == 1
    server.kill()
    (server.state_dir / "media" / "left-behind").mkdir()
    again = start(engines=("SlowEngine",))
    given = 0
    for event in again.events(ticket):
        given += sum(line["message"] == "given: image_url" for line in event.get("logs") or ())
        if given == 2:  # Once in each server's life.
            break

    assert [folder.name for folder in media_folders(again)] == [ticket["request_id"]]


def test_a_cancelled_job_leaves_no_media(start):
    """They go with the job, however it ends."""
    server = start(engines=("SlowEngine",))
    ticket = server.submit("a frames=5000", IMAGE, image_url=uploaded(server, PNG))
    server.wait_for(ticket, "IN_PROGRESS", lines=3)
    server.cancel(ticket)
    server.wait(ticket)

    assert media_folders(server) == []


def test_a_picture_that_takes_too_long_to_read_is_refused(start):
    """The render process is ended, and the next job gets a new one."""
    server = start("--look-limit", "0.001")
    ticket = server.submit("a", IMAGE, image_url=uploaded(server, picture(size=(6000, 6000))))
    server.wait(ticket)
    (item,) = server.result(ticket).json()["detail"]

    assert (item["loc"][1], item["type"]) == ("image_url", "image_load_error")
    assert "longer than 0.001 s" in item["msg"]
    assert server.wait(server.submit("a fox"))["status"] == "COMPLETED"


def test_a_picture_that_needs_too_much_memory_is_refused(start):
    """Within the limit of the render process, which lives on."""
    server = start("--worker-memory", "0.4")
    ticket = server.submit("a", IMAGE, image_url=uploaded(server, picture(size=(7000, 7000))))
    server.wait(ticket)

    (item,) = server.result(ticket).json()["detail"]
    assert item["type"] == "image_load_error"


def test_a_render_without_end_is_ended(start):
    """504 with fal's word for it."""
    server = start("--render-limit", "0.5", engines=("SlowEngine",))
    ticket = server.submit("deaf frames=5000")
    status = server.wait(ticket)
    result = server.result(ticket)

    assert (status["error_type"], result.status_code) == ("generation_timeout", 504)
    assert result.json()["detail"][0]["type"] == "generation_timeout"
