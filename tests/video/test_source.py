"""Foreign videos: any codec, rate, size, direction, depth; damaged and hostile ones."""

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import av
import numpy as np
import pytest

from ltx_widgets.errors import MediaError
from ltx_widgets.video.encode import Mp4Writer
from ltx_widgets.video.probe import probe
from ltx_widgets.video.source import VideoSource, read_facts

WIDTH, HEIGHT = 160, 90
RED = (200, 30, 30)


def make(  # noqa: PLR0913 - a film has that many sides
    to,
    *,
    codec="libx264",
    pixels="yuv420p",
    size=(WIDTH, HEIGHT),
    fps=25,
    stamps=range(24),
    tick=None,
    colours=None,
    rotate=0,
    options=None,
    matrix=1,
    full=False,
    transfer=1,
):
    """A film with a bright left third and red below; frame n says n in its right half's luma."""
    with av.open(str(to), "w") as file:
        stream = file.add_stream(codec, rate=fps, options=options or {})
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        context = stream.codec_context
        context.time_base = tick or 1 / Fraction(fps)
        context.colorspace, context.color_range = matrix, 2 if full else 1
        context.color_trc = transfer
        if rotate:
            stream.set_display_rotation(rotate)
        for number, stamp in enumerate(stamps):
            frame = picture(size, 40 + 6 * (number % 36), colours).reformat(
                format=pixels, dst_colorspace=matrix, dst_color_range=2 if full else 1
            )
            frame.colorspace, frame.color_range = matrix, 2 if full else 1
            frame.color_trc = transfer
            frame.pts, frame.time_base = stamp, tick or 1 / Fraction(fps)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return to


def picture(size, grey, colours):
    width, height = size
    rgb = np.full((height, width, 3), grey, np.uint8)
    rgb[: height // 2, : width // 3] = colours or 230
    rgb[height // 2 :, : width // 3] = RED
    return av.VideoFrame.from_ndarray(rgb, format="rgb24")


def counts(source):
    """The number that each delivered frame says."""
    return [
        round((float(p.y[-20:-4, -20:-4].mean() - 16) * 255 / 219 - 40) / 6)
        for p in source.frames()
    ]


@pytest.mark.parametrize(
    ("name", "codec", "pixels"),
    [
        ("a.mp4", "libx264", "yuv420p"),
        ("a.mov", "libx264", "yuv422p"),
        ("a.mkv", "libx264", "yuv444p"),
        ("a.mp4", "libx264", "yuv420p10le"),
        ("a.mp4", "libx265", "yuv420p"),
        ("a.webm", "libvpx-vp9", "yuv420p"),
        ("a.mp4", "libsvtav1", "yuv420p"),
        ("a.mov", "mjpeg", "yuvj420p"),
        ("a.mov", "prores_ks", "yuv422p10le"),
    ],
)
def test_every_usual_codec_is_read(tmp_path, name, codec, pixels):
    """Each gives all its frames, in order and in 8-bit BT.709."""
    if codec not in av.codecs_available:
        pytest.skip(f"no {codec} here")
    options = {"libx265": {"x265-params": "log-level=none"}}.get(codec)
    # On a thread that ends: run by root, SVT-AV1 gives the thread that calls it real-time priority.
    with ThreadPoolExecutor(1) as thread:
        kind = {"codec": codec, "pixels": pixels, "full": "j" in pixels, "options": options}
        path = thread.submit(make, tmp_path / name, **kind).result()
    source = VideoSource(path)
    assert counts(source) == list(range(24))
    assert (source.facts.fps, source.facts.variable_rate) == (25, False)
    first = next(source.frames())
    assert abs(int(first.y[20, 20]) - 214) <= 3
    assert abs(int(first.v[35, 20]) - 203) <= 8


@pytest.mark.parametrize(("matrix", "full"), [(1, False), (1, True), (6, False), (5, True)])
def test_colours_arrive_as_bt709_in_limited_range(tmp_path, matrix, full):
    """Whatever matrix and range a file uses, red is the same red."""
    path = make(tmp_path / "a.mp4", matrix=matrix, full=full)
    first = next(VideoSource(path).frames())
    got = [int(plane[row, 20]) for plane, row in ((first.y, 70), (first.u, 35), (first.v, 35))]
    assert got == pytest.approx([73, 111, 203], abs=3)


@pytest.mark.parametrize("fps", [Fraction(30000, 1001), Fraction(24000, 1001), 12, 50, 60])
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_other_rates_are_kept(tmp_path, name, fps):
    """A constant rate stays what it is, in a container with whole milliseconds too."""
    source = VideoSource(make(tmp_path / name, fps=fps))
    assert source.fps == fps
    assert counts(source) == list(range(24))


def test_variable_rate_is_evened_out_by_its_timestamps(tmp_path):
    """A frame that stays for long is repeated, and each is shown at its own time."""
    stamps = [0, 40, 80, 280, 320, 333, 400, 600, 640, 680, 720, 960]
    path = make(tmp_path / "a.mp4", stamps=stamps, tick=Fraction(1, 1000))
    source = VideoSource(path, fps=Fraction(25))
    assert source.facts.variable_rate
    assert source.facts.fps == 24
    seen = counts(source)
    assert [seen[at // 40] for at in (0, 40, 80, 280, 400, 600, 960)] == [0, 1, 2, 3, 6, 7, 11]
    assert seen == sorted(seen)


def test_slow_motion_of_a_phone_comes_at_a_usual_rate(tmp_path):
    """240 frames a second are thinned to 60."""
    source = VideoSource(make(tmp_path / "a.mp4", fps=240))
    assert source.fps == 60
    assert counts(source) == [0, 4, 8, 12, 16, 20]


def test_odd_sides_lose_a_line(tmp_path):
    """161x91 is delivered as 160x90, not scaled."""
    path = make(tmp_path / "a.mkv", size=(161, 91), pixels="yuv444p")
    odd = make(tmp_path / "b.mov", size=(161, 91), codec="mjpeg", pixels="yuvj420p", full=True)
    for source in map(VideoSource, (path, odd)):
        first = next(source.frames())
        assert first.y.shape == (90, 160)
        assert first.u.shape == (45, 80)


@pytest.mark.parametrize(
    ("rotate", "degrees", "bright"),
    [(-90, 90, (10, 80)), (90, 270, (150, 10)), (180, 180, (80, 150))],
)
def test_turned_videos_are_upright(tmp_path, rotate, degrees, bright):
    """The display matrix of a phone is applied: the bright corner is where it is shown."""
    source = VideoSource(make(tmp_path / "a.mp4", rotate=rotate))
    first = next(source.frames())
    assert source.facts.rotation == degrees
    assert first.y.shape == ((90, 160) if degrees == 180 else (160, 90))
    assert first.y[bright] > 200
    assert (first.y > 200).mean() < 0.2


def test_pixels_that_are_not_square_are_stretched(tmp_path):
    """An anamorphic picture gets the shape it is shown in."""
    with av.open(str(tmp_path / "a.mp4"), "w") as file:
        stream = file.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 72, 58, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(16, 9)
        frame = picture((72, 58), 90, None).reformat(format="yuv420p")
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    assert next(VideoSource(tmp_path / "a.mp4").frames()).y.shape == (58, 128)


@pytest.mark.parametrize(("transfer", "hdr", "grey"), [(16, "pq", 148), (18, "hlg", 190)])
def test_high_dynamic_range_is_toned_down(tmp_path, transfer, hdr, grey):
    """Reference white becomes nearly white, black stays black; the facts say so."""
    path = make(
        tmp_path / "a.mp4",
        pixels="yuv420p10le",
        matrix=9,
        transfer=transfer,
        colours=(grey, grey, grey),
    )
    source = VideoSource(path)
    assert (source.facts.hdr, source.facts.ten_bit) == (hdr, True)
    first = next(source.frames())
    assert 190 < first.y[20, 20] < 232
    assert abs(int(first.u[10, 10]) - 128) <= 2
    assert first.v[35, 20] > 150


def test_a_part_starts_and_ends_where_it_is_asked_to(tmp_path):
    """Seeking lands on the frame, though key frames are far apart and frames are reordered."""
    options = {"x264-params": "keyint=20:bframes=3:b-adapt=0:scenecut=0"}
    path = make(tmp_path / "a.mp4", fps=8, options=options, stamps=range(34))
    assert counts(VideoSource(path, start_s=2.5, end_s=3.5)) == list(range(20, 28))
    assert counts(VideoSource(path, start_s=3.75)) == list(range(30, 34))


def test_time_starts_with_the_first_frame(tmp_path):
    """A file whose clock starts late loses nothing."""
    source = VideoSource(make(tmp_path / "a.mkv", stamps=range(50, 74)))
    assert counts(source) == list(range(24))


def test_what_an_edit_list_cuts_away_is_not_delivered(tmp_path):
    """Frames before the film's own zero are there to be decoded, not to be shown."""
    source = VideoSource(make(tmp_path / "a.mp4", stamps=range(-3, 21)))
    assert counts(source) == list(range(3, 24))


def test_plain_frames_are_passed_on_without_a_copy(tmp_path):
    """What needs no change is the decoder's own memory, which nobody may draw into."""
    source = VideoSource(make(tmp_path / "a.mp4"))
    first = next(source.frames())
    with pytest.raises(ValueError, match="read-only"):
        first.y[:] = 0


def test_frames_can_be_written_again_as_they_are(tmp_path):
    """A source's pictures go straight into a writer, at a fractional rate."""
    source = VideoSource(make(tmp_path / "a.mp4", fps=Fraction(30000, 1001)))
    to = tmp_path / "b.mp4"
    with Mp4Writer(to, width=WIDTH, height=HEIGHT, fps=source.fps) as writer:
        for frame in source.frames():
            writer.write(frame)
    facts = probe(to)
    assert facts.num_frames == 24
    assert facts.duration == pytest.approx(24 * 1001 / 30000, abs=1e-3)
    assert read_facts(to).fps == source.fps
    assert counts(VideoSource(to)) == list(range(24))


def test_a_size_may_be_asked_for(tmp_path):
    """Pictures come at that size, turned ones as well."""
    path = make(tmp_path / "a.mp4", rotate=90)
    first = next(VideoSource(path, size=(54, 96)).frames())
    assert first.y.shape == (96, 54)


def test_a_picture_that_changes_its_size_is_scaled_to_the_first(tmp_path):
    """A stream that switches to other parameter sets midway keeps delivering one size."""
    small = make(tmp_path / "a.mkv", size=(80, 44), options={"bf": "0"})
    large = make(tmp_path / "b.mkv", options={"bf": "0"})
    with av.open(str(tmp_path / "c.mkv"), "w") as to:
        stream = None
        for number, path in enumerate((small, large)):
            with av.open(str(path)) as file:
                stream = stream or to.add_stream_from_template(file.streams.video[0])
                extra = annex_b(file.streams.video[0].codec_context.extradata)
                for packet in file.demux(video=0):
                    if packet.size:
                        data = extra + bytes(packet) if packet.is_keyframe else bytes(packet)
                        to.mux(packet_of(data, stream, packet.pts + number * 960, packet))
    source = VideoSource(tmp_path / "c.mkv")
    shapes = {frame.y.shape for frame in source.frames()}
    assert shapes == {(44, 80)}


def annex_b(extradata):
    """The parameter sets of an avcC box, each with its length, to be put into the stream."""
    size = int.from_bytes(extradata[6:8], "big")
    rest = extradata[8 + size :]
    length = int.from_bytes(rest[1:3], "big")
    sets = extradata[8 : 8 + size], rest[3 : 3 + length]
    return b"".join(len(part).to_bytes(4, "big") + part for part in sets)


def packet_of(data, stream, stamp, like):
    packet = av.Packet(data)
    packet.stream, packet.pts, packet.dts = stream, stamp, stamp
    packet.time_base, packet.is_keyframe = like.time_base, like.is_keyframe
    return packet


def test_a_file_cut_in_half_is_refused(tmp_path):
    """The header of a fast-start file promises more than there is."""
    path = make(tmp_path / "a.mp4", stamps=range(60))
    with Mp4Writer(tmp_path / "b.mp4", width=WIDTH, height=HEIGHT, fps=25) as writer:
        for frame in VideoSource(path).frames():
            writer.write(frame)
    data = (tmp_path / "b.mp4").read_bytes()
    (tmp_path / "c.mp4").write_bytes(data[: len(data) // 2])
    with pytest.raises(MediaError, match=r"damaged after \d+ frames"):
        list(VideoSource(tmp_path / "c.mp4").frames())


def test_a_picture_larger_than_4k_is_refused_from_its_header(tmp_path):
    """The type and the limits that fal documents come with the refusal."""
    path = make(tmp_path / "a.mp4", size=(3842, 64), stamps=range(1))
    with pytest.raises(MediaError) as refusal:
        read_facts(path)
    assert refusal.value.type == "image_too_large"
    assert refusal.value.context == {"max_height": 2160, "max_width": 3840}


def test_a_picture_named_as_a_video_is_refused(tmp_path):
    """The content counts; a PNG is no video of one frame."""
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w", format="image2") as file:
        stream = file.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "rgb24"
        file.mux(stream.encode(av.VideoFrame(32, 32, "rgb24")))
    with pytest.raises(MediaError) as refusal:
        read_facts(path)
    assert refusal.value.type == "unsupported_video_format"


def test_sound_without_picture_is_refused(tmp_path):
    """A sound file in an mp4 holds nothing to look at."""
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("aac", rate=48_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 48_000
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    with pytest.raises(MediaError, match="no picture"):
        read_facts(path)


def test_a_part_beyond_the_end_is_refused(tmp_path):
    """The message says how long the video is."""
    with pytest.raises(MediaError, match=r"lasts 0\.96 s"):
        VideoSource(make(tmp_path / "a.mp4"), start_s=3)
