"""The media fields of a form as a person uses them: paste, drop, names, earlier clips."""

from __future__ import annotations

import base64
import io
import re

import moving_clips
import pytest
from axe import serious
from lab import WIDE
from PIL import Image
from workbench import NARROW

FOX = "import ltx_widgets as ltx\nltx.ImageToVideo(prompt='a fox')"
CLIPS = """
import ltx_widgets as ltx
for prompt in ("a badger digs", "a blue train in the rain"):
    train = ltx.run(prompt)
"""
FIELDS = (
    CLIPS,
    "ltx.ImageToVideo(prompt='a fox', image='fox.png')",
    "ltx.ExtendVideo(video='film.mp4')",
    "ltx.AudioToVideo(audio='film.mp4', prompt='a fox')",
)
CLIPBOARD = ["clipboard-read", "clipboard-write"]

# A drop as the browser tells of it; only a person's own hand can carry a file over the edge.
DROP = """(el, { files = [], strings = {} }) => {
    const data = new DataTransfer();
    for (const { name, content } of files) {
        const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], name));
    }
    for (const [type, text] of Object.entries(strings)) { data.setData(type, text); }
    for (const kind of ["dragover", "drop"]) {
        const options = { bubbles: true, cancelable: true, dataTransfer: data };
        if (el.dispatchEvent(new DragEvent(kind, options))) { throw new Error("not taken"); }
    }
}"""
COPY_PICTURE = """async (content) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const picture = new Blob([bytes], { type: "image/png" });
    await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
}"""


def png(width, height, colour="red"):
    """A picture, as base64 of its PNG."""
    to = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(to, "PNG")
    return base64.b64encode(to.getvalue()).decode()


def field(page, title):
    """The media field of that title."""
    return page.locator(".ltx-media").filter(has=page.get_by_label(title, exact=True))


def listed(page, count):
    """Wait until so many clips or more are in the open list, with their pictures."""
    page.locator(".ltx-earlier li img[src^=blob]").nth(count - 1).wait_for()


def gets_focus(page, part):
    """Wait until the keyboard's place is there: it comes a moment after a part is to be seen."""
    page.wait_for_function("(part) => part === document.activeElement", arg=part.element_handle())


def drop(into, **what):
    into.locator(".ltx-upload").evaluate(DROP, what)


@pytest.mark.soak
def test_pictures_and_texts_can_be_pasted(show, workbench):
    """With the keyboard alone: a picture or a path on the button, a path in the text field."""
    Image.new("RGB", (40, 30)).save(workbench.desk / "pasted.png")
    with show(FOX, permissions=CLIPBOARD) as page:
        image = field(page, "Image")
        page.evaluate(COPY_PICTURE, png(64, 36))
        image.get_by_role("button", name="Upload an image").focus()
        page.keyboard.press("Control+V")
        image.get_by_text("image.png, 64 x 36").wait_for()

        page.evaluate("navigator.clipboard.writeText('pasted.png')")
        page.keyboard.press("Control+V")
        image.get_by_text("pasted.png, 40 x 30").wait_for()
        assert page.get_by_label("Image", exact=True).input_value() == "pasted.png"

        image.get_by_role("button", name="Clear").press("Enter")
        image.get_by_role("button", name="Clear").wait_for(state="hidden")
        page.get_by_label("Image", exact=True).focus()
        page.keyboard.press("Control+V")
        image.get_by_text("pasted.png, 40 x 30").wait_for()

        page.evaluate(COPY_PICTURE, png(50, 50))
        page.get_by_label("Image", exact=True).focus()
        page.keyboard.press("Control+V")
        image.get_by_text("image.png, 50 x 50").wait_for()


@pytest.mark.soak
def test_whatever_is_dropped_is_taken_or_refused(show, workbench, keep):
    """Files, one or several or of a wrong kind, addresses, pictures, what JupyterLab lists."""
    with show(FOX) as page:
        image, end = field(page, "Image"), field(page, "End image")
        drop(image, files=[{"name": "one.png", "content": png(20, 20)}])
        image.get_by_text("one.png, 20 x 20").wait_for()
        drop(image, files=[{"name": "two.png", "content": png(30, 20)}])
        image.get_by_text("two.png, 30 x 20").wait_for()

        both = [{"name": name, "content": png(9, 9)} for name in ("a.png", "b.png")]
        drop(image, files=both)
        image.get_by_text("2 files came, and one is taken here").wait_for()
        assert image.get_by_text("two.png, 30 x 20").is_visible()

        pdf = base64.b64encode(b"%PDF-1.7 " + bytes(3_000_000)).decode()
        drop(end, files=[{"name": "fox.png", "content": pdf}])
        end.get_by_text("expected a picture, but what was given is a PDF document").wait_for()
        drop(end, strings={})
        end.get_by_text("There is no file and no address in that").wait_for()

        drop(end, strings={"text/uri-list": "https://example.com/fox.png"})
        end.get_by_text("example.com/fox.png: the service fetches it").wait_for()
        shown = f'<a href="https://example.com"><img src="data:image/png;base64,{png(25, 20)}"></a>'
        drop(end, strings={"text/uri-list": "https://example.com", "text/html": shown})
        end.get_by_text("image, 25 x 20").wait_for()
        Image.new("RGB", (44, 22)).save(workbench.desk / "own.png")
        own = f"{workbench.lab.url}/files/own.png"
        drop(end, strings={"text/uri-list": own})
        end.get_by_text("own.png, 44 x 22").wait_for()
        assert page.get_by_label("End image", exact=True).input_value() == ""

        page.locator(".jp-DirListing-item").filter(has_text="own.png").hover()
        page.mouse.down()
        to = image.locator(".ltx-upload").bounding_box()
        page.mouse.move(to["x"] + 40, to["y"] + 10, steps=12)
        image.locator(".ltx-over").wait_for()
        keep(page, "media-drag")
        page.mouse.up()
        image.get_by_text("own.png, 44 x 22").wait_for()
        assert page.get_by_label("Image", exact=True).input_value() == "own.png"


@pytest.mark.soak
def test_an_earlier_clip_is_chosen_by_keyboard(show, keep):
    """Open the list, find it, go to it by arrows, take its last frame; a reload keeps it all."""
    with show(CLIPS, FOX) as page:
        image = field(page, "Image")
        button = image.get_by_role("button", name="Earlier clips")
        button.press("Enter")
        words = image.get_by_label("Find in prompts")
        listed(page, 2)
        gets_focus(page, words)
        keep(page, "media-earlier")

        page.keyboard.press("Escape")
        words.wait_for(state="detached")
        gets_focus(page, button)

        page.keyboard.press("Enter")
        gets_focus(page, words)
        page.keyboard.type("DIGS badger")
        page.wait_for_function(
            "(all => all.length && all.every((li) => li.textContent.includes('badger')))"
            "([...document.querySelectorAll('.ltx-earlier li')])"
        )
        words.fill("")
        listed(page, 2)
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        for key in ("ArrowDown", "ArrowUp", "End", "ArrowRight"):
            page.keyboard.press(key)
        page.keyboard.press("Enter")
        image.get_by_text(re.compile(r"frame 4 of .*, 64 x 36")).wait_for()
        gets_focus(page, button)

        page.get_by_label("Image", exact=True).fill("train.first_frame")
        image.get_by_text("variable train.first_frame: frame 0 of").wait_for()
        image.get_by_text("looked at again at Generate").wait_for()
        button.click()
        listed(page, 2)
        page.keyboard.press("Control+S")
        page.wait_for_function("!document.querySelector('.jp-mod-dirty')")
        page.reload()
        page.get_by_text("variable train.first_frame: frame 0 of").wait_for()
        listed(page, 2)


@pytest.mark.soak
@pytest.mark.parametrize(("view", "dark"), [("notebook", False), ("voila", True)])
def test_fields_are_for_everyone(show, workbench, keep, view, dark):
    """A picture, a strip and a wave, and an open list: nothing serious is found by axe."""
    desk, name = workbench.desk, "dark" if dark else "light"
    Image.radial_gradient("L").convert("RGB").resize((640, 360)).save(desk / "fox.png")
    moving_clips.film(desk / "film.mp4", moving_clips.panning(60), sound=True)
    with show(*FIELDS, view=view, dark=dark) as page:
        for shown in ("img.ltx-small", "img.ltx-strip", "svg.ltx-wave"):
            page.locator(shown).wait_for()
        page.get_by_role("button", name="Earlier clips").first.click()
        listed(page, 2)
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            for title in ("Image", "Video", "Audio"):
                field(page, title).first.scroll_into_view_if_needed()
                keep(page, f"media-{title.lower()}-{name}-{size['width']}")

            assert serious(page, ".ltx-media") == []
