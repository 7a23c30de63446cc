"""The README's code runs as printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ltx_widgets as ltx
from ltx_widgets.errors import InvalidRequest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_it_is_short_and_starts_with_code():
    """60 to 160 lines, with working code in the first 40."""
    lines = README.splitlines()

    assert 60 <= len(lines) <= 160
    assert "```python" in lines[:40]


def test_its_files_are_there():
    """Every picture and page that it links to exists."""
    links = re.findall(r"\]\(([^)#:]+)\)", README)

    assert links
    assert all((ROOT / link).exists() for link in links)


def test_its_python_runs(tiny, tmp_path, monkeypatch):
    """The blocks of the first section, in order, in one namespace."""
    monkeypatch.chdir(tmp_path)
    ltx.configure(server="local")
    space = {}
    for block in blocks("python")[:2]:
        exec(compile(block, "README.md", "exec"), space)

    assert (tmp_path / "fox.mp4").exists()


def test_its_refusal_is_the_real_one():
    """The message that the README shows is the one that comes."""
    call, told = re.search(r">>> (.*)\nInvalidRequest: (.*)\n", README).groups()

    with pytest.raises(InvalidRequest) as refused:
        eval(call, {"ltx": ltx})
    assert str(refused.value) == told


def test_every_command_is_a_target():
    """Each make target that is named exists."""
    makefile = (ROOT / "Makefile").read_text("utf8")
    named = set(re.findall(r"\$ make (\w+)", README))

    assert named >= {"lab", "test", "demo"}
    assert all(re.search(rf"^{name}:", makefile, re.MULTILINE) for name in named)


def test_its_media_section_runs(tiny, tmp_path, monkeypatch):
    """From a phone's picture through a chain of clips, as printed."""
    import numpy as np
    from PIL import Image

    monkeypatch.chdir(tmp_path)
    ltx.configure(server="local")
    picture = np.random.default_rng(1).integers(0, 255, (90, 160, 3), np.uint8)
    heif = pytest.importorskip("pillow_heif")
    heif.from_pillow(Image.fromarray(picture)).save("photo.heic")
    (block,) = (text for text in blocks("python") if "photo.heic" in text)
    # The tests' engine makes clips of five frames, too short for a section at 2 s.
    space = {"ltx": ltx}
    first, *rest = block.strip().splitlines()
    exec(first, space)

    assert space["clip"].request["image_url"].startswith("http")
    assert [line.partition(" = ")[2].partition("(")[0] for line in rest] == [
        "clip.extend",
        "longer.retake",
        "night.reframe",
        "clip.animate",
    ]


def test_its_webhook_section_runs(tiny, tmp_path, monkeypatch):
    """A job calls back into the very process that submitted it."""
    monkeypatch.chdir(tmp_path)
    ltx.configure(server="local")
    (block,) = (text for text in blocks("python") if "WebhookReceiver" in text)
    space = {"ltx": ltx}
    exec(compile(block, "README.md", "exec"), space)

    assert space["event"].request_id == space["job"].request_id
    assert space["event"].payload["video"]["url"].endswith(".mp4")
    space["job"].result(60)
