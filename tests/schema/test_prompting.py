"""Advice on prompts: counts, parts, and hints that a good prompt never gets."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltx_widgets.schema import ENDPOINTS
from ltx_widgets.schema.prompting import PLACEHOLDERS, look_at_prompt

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
T2V = "text-to-video"
HARBOUR = PLACEHOLDERS[T2V]


def examples():
    """Every prompt that README, notebooks and benchmarks show."""
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        for cell in json.loads(path.read_text("utf8"))["cells"]:
            text = "".join(cell["source"])
            if text.startswith("%%ltx"):
                yield text.partition("\n")[2]
            elif cell["cell_type"] == "code":
                yield from strings(text)
    for block in re.findall(
        r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf8"), re.DOTALL
    ):
        yield from strings(block)
    for name in ("render", "gallery"):
        yield from strings((ROOT / "benchmarks" / f"{name}.py").read_text("utf8"))


def strings(code):
    """The texts in it that are sentences rather than names."""
    lines = [line for line in code.splitlines() if not line.startswith(("%", "!"))]
    for node in ast.walk(ast.parse("\n".join(lines))):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and text.count(" ") > 2 and "\n" not in text:
            yield text


GOOD = [
    *PLACEHOLDERS.values(),
    "Static shot of an empty kitchen, no camera movement. Steam rises from a cup. A clock ticks.",
    "A close-up of a violinist's hands, a sad melody fills the hall, dust drifts in the light.",
    "The barber cuts hair in a small shop while rain runs down the window, handheld, 35mm.",
    "A woman looks out of a train window. Her shoulders drop and her breath fogs the glass.",
    "A tracking shot follows a cyclist through the rain, without any text or logos.",
    "The camera does not pan; it pushes in on the letter in her hand.",
]


@pytest.mark.parametrize("prompt", [*dict.fromkeys(examples()), *GOOD])
def test_a_good_prompt_gets_no_hint(prompt):
    """What this project itself shows is clean, and so are prompts after the guides."""
    assert look_at_prompt(prompt, T2V, 6).hints == ()


def test_the_examples_are_found():
    """The test above looks at more than a few."""
    assert "a red fox runs through falling snow at dawn, slow pan left" in set(examples())
    assert len(set(examples())) > 10


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("Static shot of a lake. The camera then pans left over the water.", "taken literally"),
        ("The camera stays still on the door, slow zoom in.", "taken literally"),
        ("A shop with a neon sign that says OPEN, rain falls.", "Readable text"),
        ("A runner stops, the brand's logo on her shirt.", "Readable text"),
        ("A man opens the door. Cut to a wide shot of the street.", "one take"),
        ("Scene 1: a fox. Scene 2: an owl.", "one take"),
        ("The boy is very sad and walks home.", "A feeling"),
        ("She looks nervous as the train comes.", "A feeling"),
        ("word " * 201, "201 words are many"),
        ("It rains. " * 9, "9 sentences are much for 6 s"),
    ],
)
def test_what_goes_wrong_is_hinted_at(prompt, told):
    """One hint, and it is the right one."""
    (hint,) = look_at_prompt(prompt, T2V, 6).hints

    assert told in hint


def test_words_and_sentences_are_counted():
    """Decimals, initials and quotation marks end no sentence; a last point need not be there."""
    counted = look_at_prompt('J. Doe walks 2.5 miles. "Well!" he says. It\'s well-lit', T2V, 6)

    assert (counted.words, counted.sentences) == (10, 3)


@pytest.mark.parametrize(
    ("duration", "suits"),
    [(2, (2, 4)), (6, (2, 4)), (8, (4, 6)), (10, (4, 6)), (16, (6, 10)), (20, (10, 16))],
)
def test_length_follows_duration(duration, suits):
    """How many sentences suit a clip of that length."""
    assert look_at_prompt("a fox", T2V, duration).suits == suits
    assert look_at_prompt("a fox", T2V).suits is None


def test_a_whole_prompt_has_every_part():
    """Nothing is left to be said of the example in the empty form."""
    assert look_at_prompt(HARBOUR, T2V, 6).unsaid == ()


def test_parts_are_named_as_they_come():
    """A few words have an action and a camera; shot and sound could be said as well."""
    advice = look_at_prompt("a red fox runs through falling snow at dawn, slow pan left", T2V, 6)

    assert advice.said == ("scene and light", "action", "camera")
    assert advice.unsaid == ("shot", "sound")


@pytest.mark.parametrize(
    ("task", "parts"),
    [
        ("image-to-video", {"action", "camera", "sound"}),
        ("audio-to-video", {"scene and light", "action", "camera"}),
        ("retake-video", {"action"}),
    ],
)
def test_each_task_has_its_own_parts(task, parts):
    """Image to video: what changes. Audio to video: what is seen. Retake: what happens."""
    advice = look_at_prompt("a quiet thing", task, 6)

    assert {*advice.said, *advice.unsaid} == parts


def test_speech_has_no_place_where_the_sound_is_given():
    """The sound sets what is heard."""
    (hint,) = look_at_prompt('A man says "hello" to her', "audio-to-video").hints

    assert "The sound is given here" in hint


@pytest.mark.parametrize("prompt", ["ein Fuchs rennt", "一只狐狸在雪地里奔跑。镜头左移。", "…"])
def test_other_languages_are_only_counted(prompt):
    """The word lists are English; of a text that they cannot read, nothing is missing."""
    advice = look_at_prompt(prompt, T2V, 6)

    assert advice.said == advice.unsaid == advice.hints == ()


def test_every_task_with_a_prompt_has_an_example():
    """The empty field shows what such a prompt looks like."""
    takes = {row.task for row in ENDPOINTS.values() if "prompt" in row.model.model_fields}

    assert set(PLACEHOLDERS) == takes


@given(st.text(max_size=400), st.sampled_from(sorted(PLACEHOLDERS)), st.none() | st.floats(2, 20))
def test_any_text_can_be_looked_at(prompt, task, duration):
    """No text makes it fail or count less than nothing."""
    advice = look_at_prompt(prompt, task, duration)

    assert 0 <= advice.sentences <= max(advice.words, 0)
