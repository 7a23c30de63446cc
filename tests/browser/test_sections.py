"""Parts of films and sounds chosen as a person would: by hand, by keys, by numbers."""

from __future__ import annotations

import pytest
from axe import serious
from lab import WIDE
from playwright.sync_api import expect
from workbench import NARROW

MEDIA = """
import numpy as np
from pathlib import Path
import ipywidgets as w
import ltx_widgets as ltx
from ltx_widgets.video.encode import Mp4Writer, Picture
from ltx_widgets.video.convert import write_sound
if not Path("ten-seconds.mp4").exists():
    picture = Picture(320, 180)
    picture.u[:], picture.v[:] = 110, 140
    t = np.arange(48_000 * 30) / 48_000
    tone = 0.5 * np.sin(2 * np.pi * 220 * t) * np.sin(2 * np.pi * 0.11 * t) ** 2
    wave = np.stack([tone, tone]).astype(np.float32)
    size = {"width": 320, "height": 180}
    with Mp4Writer(Path("ten-seconds.mp4"), **size, fps=25, sound_rate=48_000) as file:
        for number in range(250):
            picture.y[:] = 40 + number // 25 * 18
            picture.y[60:120, number:number + 60] = 235
            file.write(picture)
        file.write_sound(wave[:, :480_000])
    write_sound(wave, Path("song.m4a"), rate=48_000)
"""

PICKER = (
    MEDIA
    + """
from ltx_widgets.schema import MediaFacts
from ltx_widgets.schema.sections import Reach
from ltx_widgets.widgets.section_picker import SectionPicker, glimpse
facts = MediaFacts("video", width=320, height=180, fps=25, duration=10.0, has_audio=True)
reach = Reach(length=10.0, least=2, most=20, latest=8, step=0.04)
kernel = w.Label("-")
def heard(section, done):
    kernel.value = f"kernel: {section[0]:.2f} to {section[1]:.2f} {'done' if done else 'moving'}"
picker = SectionPicker("Section to make anew", reach, heard)
picker.section = (2, 7)
picker.draw(glimpse(Path("ten-seconds.mp4"), facts))
w.VBox([picker, kernel])
"""
)


def slider(page, edge):
    names = {
        "start": "Start of the section",
        "end": "End of the section",
        "both": "Whole section",
    }
    return page.get_by_role("slider", name=names[edge])


def values(page):
    """Start and end, as a screen reader hears them."""
    return [float(slider(page, edge).get_attribute("aria-valuenow")) for edge in ("start", "end")]


def settled(page, text):
    """Wait until the kernel has heard it."""
    page.get_by_text(f"kernel: {text} done").wait_for()


def drag(page, edge, seconds):
    """Take the middle of a part by the mouse, and let go so many seconds further on."""
    box = slider(page, edge).bounding_box()
    width = page.locator(".ltx-section-medium").bounding_box()["width"]
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + seconds * width / 20, y + 3)
    page.mouse.move(x + seconds * width / 10, y)
    page.mouse.up()


@pytest.mark.soak
def test_a_section_is_moved_by_keys_hand_and_numbers(show, keep):
    """By frames, by seconds, to its limits; what holds an edge is said, and the kernel hears it."""
    with show(PICKER) as page:
        slider(page, "start").focus()
        for key in ("ArrowRight", "ArrowUp", "Shift+ArrowRight", "ArrowLeft"):
            page.keyboard.press(key)
        settled(page, "3.04 to 7.00")
        assert slider(page, "start").get_attribute("aria-valuetext") == "3.04 s, frame 76"
        cells = page.locator(".jp-Notebook .jp-Cell").count()
        for key in ("a", "b", "1", "End"):  # Plain keys are commands to JupyterLab elsewhere.
            page.keyboard.press(key)
        settled(page, "5.00 to 7.00")
        page.keyboard.press("ArrowRight")
        page.get_by_text("The section has 2 s or more.").wait_for()
        page.keyboard.press("Home")
        settled(page, "0.00 to 7.00")
        assert page.locator(".jp-Notebook .jp-Cell").count() == cells

        drag(page, "start", 2)
        settled(page, "2.00 to 7.00")
        drag(page, "both", 1)
        settled(page, "3.00 to 8.00")
        drag(page, "end", -7)
        settled(page, "3.00 to 5.00")
        page.get_by_text("The section has 2 s or more.").wait_for()
        keep(page, "section-picker")

        length = page.get_by_role("textbox", name="Length, in seconds")
        length.fill("3,5")  # Between two frames, of which the later one is taken.
        length.press("Enter")
        settled(page, "3.00 to 6.52")
        length.fill("long")
        length.press("Enter")
        page.get_by_text("Type seconds, such as 2.5.").wait_for()
        assert length.input_value() == "3.52"
        end = page.get_by_role("textbox", name="End, in seconds")
        end.fill("99")
        end.press("Enter")
        settled(page, "3.00 to 10.00")
        page.get_by_text("It ends here, at 10 s.").wait_for()


@pytest.mark.soak
def test_a_section_is_moved_by_touch_and_outlives_a_reload(show, keep):
    """A finger takes an edge; the page comes back with strip and section, and goes on."""
    with show(PICKER, has_touch=True, size=NARROW) as page:
        page.locator(".ltx-section canvas").wait_for()
        box = slider(page, "start").bounding_box()
        width = page.locator(".ltx-section-medium").bounding_box()["width"]
        touch = page.context.new_cdp_session(page)
        x, y = box["x"] + 4, box["y"] + 20
        for kind, at in (("touchStart", x), ("touchMove", x + width / 5), ("touchEnd", None)):
            points = [] if at is None else [{"x": at, "y": y}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        settled(page, "4.00 to 7.00")

        page.keyboard.press("Control+S")
        page.wait_for_function("!document.querySelector('.jp-mod-dirty')")
        page.reload()
        slider(page, "end").wait_for()
        assert values(page) == [4, 7]
        page.wait_for_function("document.querySelector('.ltx-section canvas').width > 300")
        slider(page, "end").focus()
        page.keyboard.press("PageUp")
        settled(page, "4.00 to 8.00")


FORMS = {
    "retake": "ltx.RetakeVideo(prompt='a fox', video='ten-seconds.mp4', start_time=3, duration=4)",
    "extend-end": "ltx.ExtendVideo(video='ten-seconds.mp4', duration=8, context=4)",
    "extend-start": "ltx.ExtendVideo(video='ten-seconds.mp4', duration=15, mode='start')",
    "audio": "ltx.AudioToVideo(prompt='a fox', audio='song.m4a')",
}


@pytest.mark.soak
@pytest.mark.parametrize(
    ("view", "size", "width"),
    [("lab", WIDE, "100%"), ("notebook", WIDE, "300px"), ("voila", NARROW, "100%")],
    ids=["lab", "notebook-300", "voila-narrow-dark"],
)
def test_forms_show_their_sections(view, size, width, show, keep):
    """Each with its limits in sight, in step with its fields, and nothing serious for axe."""
    wrapped = [f"w.Box([{form}], layout=w.Layout(width='{width}'))" for form in FORMS.values()]
    with show(MEDIA, *wrapped, view=view, size=size, dark=view == "voila") as page:
        for number, form in enumerate(FORMS):
            shown = page.locator(".ltx-form").nth(number)
            shown.scroll_into_view_if_needed()
            shown.locator(".ltx-section [role=slider]:not([hidden])").first.wait_for()
            shown.get_by_role("button", name="Generate", disabled=False).wait_for()
            page.wait_for_function(
                "n => document.querySelectorAll('.ltx-form')[n].querySelector('.ltx-section path')",
                arg=number,
            )
            keep(shown, f"section-{form}-{view}")
        retake = page.locator(".ltx-form").first
        retake.get_by_role("slider", name="Whole section").press("Shift+ArrowRight")
        expect(retake.get_by_label("Start (s)")).to_have_value("4")
        assert serious(page, ".ltx-section") == []
