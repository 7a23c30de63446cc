"""What the preview understands of a prompt."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltx_widgets.engines.preview.lexicon.subjects import SUBJECTS, TRAITS
from ltx_widgets.engines.preview.reading import read_as, read_prompt
from ltx_widgets.engines.preview.reading.scene import MOST_SOUNDS
from ltx_widgets.engines.preview.sound import SOUNDS
from ltx_widgets.engines.preview.sprites import kinds

RED_FOX = "a red fox runs through falling snow at dawn, slow pan left"
NEON = "neon city street at night in the rain, camera pushes in"


def slots(prompt, duration_s=6):
    """The plan of a prompt as flat words, for comparing with a table."""
    story = read_prompt(prompt, duration_s=duration_s)
    first = story.subjects[0] if story.subjects else None
    return {
        "place": story.place,
        "time": story.time_of_day,
        "weather": story.weather,
        "kind": first.kind if first else None,
        "motion": first.motion if first else None,
        "heading": first.heading if first else None,
        "count": first.count if first else 0,
        "coloured": bool(first and first.colour),
        "kinds": tuple(subject.kind for subject in story.subjects),
        "moves": tuple(shot.camera.move for shot in story.shots),
        "pace": story.shots[0].camera.pace,
        "framing": story.shots[0].framing,
        "style": story.style,
        "sounds": set(story.sounds),
    }


CASES = {
    RED_FOX: {
        "kind": "fox", "motion": "runs", "coloured": True, "place": "snowfield", "time": "dawn",
        "weather": "snow", "moves": ("pan_left",), "pace": 0.5, "sounds": {"wind", "music"},
    },
    NEON: {
        "kind": None, "place": "city_street", "time": "night", "weather": "rain",
        "moves": ("push_in",), "pace": 1.0, "style": ("neon",), "sounds": {"rain", "music"},
    },
    "A cowboy rides a horse across the desert at sunset, camera tracks left": {
        "kinds": ("rider",), "motion": "runs", "place": "desert", "time": "golden_hour",
        "moves": ("track_left",),
    },
    "a man walks left along the beach": {
        "kind": "man", "motion": "walks", "heading": "left", "place": "sea",
        "moves": ("push_in",), "pace": 0.6,
    },
    "a woman in a red coat walks to the right through a foggy forest, camera pans slowly to the"
    " left": {
        "kind": "woman", "heading": "right", "coloured": True, "place": "forest",
        "weather": "fog", "moves": ("pan_left",), "pace": 0.5,
    },
    "two dogs chase a ball in a park, handheld": {
        "kinds": ("dog", "ball"), "motion": "runs", "count": 2, "moves": ("handheld",),
    },
    "a flock of seagulls over a stormy sea, thunder": {
        "kind": "seagull", "motion": "flies", "count": 7, "place": "sea", "weather": "storm",
    },
    "hot-air balloon drifting over mountains at golden hour, crane up": {
        "kind": "balloon", "motion": "floats", "place": "mountains", "time": "golden_hour",
        "moves": ("crane_up",),
    },
    "a lighthouse on a cliff in a storm, waves crash, camera slowly pulls back": {
        "kind": "lighthouse", "place": "sea", "weather": "storm", "moves": ("pull_out",),
        "pace": 0.5,
    },
    "ein roter Fuchs läuft durch den Schnee, langsamer Schwenk nach links": {
        "kind": "fox", "motion": "runs", "coloured": True, "weather": "snow",
        "moves": ("pan_left",), "pace": 0.5,
    },
    "un renard rouge dans la forêt, la nuit, sous la pluie": {
        "kind": "fox", "coloured": True, "place": "forest", "time": "night", "weather": "rain",
    },
    "close-up of a candle, crackling fire, silence": {
        "kind": "candle", "place": "room", "time": "night", "framing": "close",
        "sounds": {"silence"},
    },
    "a yellow taxi drives down a wet street at night, then cut to a skyline": {
        "kind": "taxi", "coloured": True, "motion": "drives", "place": "city_street",
        "weather": "rain", "moves": ("push_in", "push_in"),
    },
    "astronaut floating in space, camera orbits around him to the right": {
        "kind": "astronaut", "motion": "floats", "place": "space", "moves": ("orbit_right",),
    },
    "snow-capped mountains at sunrise, no people, without music": {
        "kinds": (), "place": "mountains", "time": "dawn", "sounds": {"wind"},
    },
    'She says "a dog flies" in a quiet library': {"kinds": (), "place": "room"},
    "a potter shapes a clay pot in a studio, soft piano": {
        "kinds": ("person", "vase"), "place": "room",
    },
    "blue whale underwater, tilt up": {
        "kind": "whale", "motion": "swims", "place": "underwater", "moves": ("tilt_up",),
    },
    "The camera circles a tower. Eagles circle above.": {
        "kinds": ("tower", "eagle"), "moves": ("orbit_left",),
    },
    "A train moves from right to left through snowy mountains, static camera": {
        "kind": "train", "heading": "left", "place": "mountains", "moves": ("static",),
    },
    "abstract fractal, purple and gold, no sound": {
        "place": "abstract", "kinds": (), "sounds": {"silence"},
    },
    "drone shot over a coral reef, sea turtle swimming": {
        "kind": "turtle", "motion": "swims", "place": "underwater",
    },
    "a ballerina spins on a stage, camera arcs right, piano music": {
        "kind": "dancer", "motion": "dances", "place": "room", "moves": ("orbit_right",),
    },
    "sailboat on a calm lake at blue hour, birdsong": {
        "kind": "sailboat", "motion": "sails", "place": "lake", "time": "dusk",
    },
    "a rocket launches into a starry sky, tilting up quickly": {
        "kind": "rocket", "motion": "rises", "place": "desert", "time": "night",
        "moves": ("tilt_up",), "pace": 1.8,
    },
    "zoom out from a steaming cup of coffee on a wooden table, morning": {
        "kind": "cup", "place": "room", "time": "dawn", "moves": ("pull_out",),
    },
    "The camera follows a cyclist from left to right": {
        "kind": "bicycle", "moves": ("track_right",),
    },
    "film noir detective stands in the fog, tracking shot to the left": {
        "kind": "person", "motion": "stands", "time": "night", "weather": "fog",
        "style": ("noir",), "moves": ("track_left",),
    },
    "an empty meadow without any wind, no rain": {
        "kinds": (), "place": "meadow", "weather": "clear",
    },
    "a child runs, then the camera dollies in, then pulls back": {
        "kind": "child", "moves": ("push_in", "push_in", "pull_out"),
    },
    "white horse gallops along the shore at twilight, sound of hooves": {
        "kind": "horse", "motion": "runs", "coloured": True, "place": "sea", "time": "dusk",
    },
    "a field of sunflowers swaying in the breeze, macro": {
        "kind": "flower", "count": 7, "place": "meadow", "weather": "wind", "framing": "close",
    },
    "a dog sits left of a tree, pan right": {
        "kinds": ("dog", "tree"), "heading": "right", "moves": ("pan_right",),
    },
    "a lone wolf on a snowy ridge under the northern lights, camera slowly orbits left": {
        "kind": "wolf", "place": "mountains", "time": "night", "weather": "clear",
        "moves": ("orbit_left",), "pace": 0.5,
    },
    "winter forest, deer, camera does not move": {
        "kind": "deer", "place": "forest", "moves": ("static",),
    },
    "a snow-covered meadow at dawn": {"place": "snowfield", "time": "dawn"},
    "a dog runs through a park in winter": {"kind": "dog", "place": "snowfield"},
    "snowy farm, a cow": {"kind": "cow", "place": "snowfield", "weather": "clear"},
    "deer on a frozen field": {"kind": "deer", "place": "snowfield"},
    "a rabbit in a meadow, snow is falling": {"place": "snowfield", "weather": "snow"},
    "a snowy village": {"place": "village", "weather": "clear"},
    "a rocket lifts off from a field": {"kind": "rocket", "motion": "rises", "place": "meadow"},
    "a rocket flies through space": {"kind": "rocket", "motion": "flies", "place": "space"},
    "a hot air balloon rises over the hills": {"kind": "balloon", "motion": "rises"},
    "drone shot ascending over mountains": {"place": "mountains", "moves": ("crane_up",)},
    "aerial shot rising above a forest": {"place": "forest", "moves": ("crane_up",)},
    "drone shot of an eagle that rises": {"motion": "flies", "moves": ("push_in",)},
    "a woman rises and walks to the left": {"kind": "woman", "heading": "left"},
    "the camera pushes slowly in on a robot in a neon alley": {
        "kind": "robot", "place": "city_street", "moves": ("push_in",), "pace": 0.5,
    },
}  # fmt: skip


@pytest.mark.parametrize("prompt", CASES)
def test_a_prompt_fills_the_slots_one_expects(prompt):
    """A prompt fills the slots one expects."""
    found = slots(prompt)

    assert {slot: found[slot] for slot in CASES[prompt]} == CASES[prompt]


@pytest.mark.parametrize("prompt", CASES)
def test_a_wrapped_prompt_is_read_like_one_line(prompt):
    """A line break between any two words changes nothing."""
    wrapped = prompt.replace(" ", "\n")

    assert read_prompt(wrapped, duration_s=6) == read_prompt(prompt, duration_s=6)


def test_a_blank_line_ends_a_sentence():
    """What stands in another paragraph belongs to another sentence."""
    found = slots("a dog runs, the camera pans\n \nleft of it a tree")

    assert found["moves"] == ("pan_right",)


def test_the_log_line_says_how_a_prompt_was_read():
    """The log line names subject, place, hour, weather, camera and sound, in words."""
    assert read_as(read_prompt(RED_FOX, duration_s=6)) == (
        "read as: red fox running, snowfield, dawn, snow, slow pan left, sound: wind"
    )


def test_a_prompt_of_unknown_words_is_said_to_be_one():
    """A prompt without a known word is abstract, and the line admits it."""
    assert read_as(read_prompt("asdf qwer", duration_s=6)).startswith(
        "read as: no word understood; abstract"
    )


def test_the_same_prompt_is_read_the_same_way():
    """The same prompt gives the same storyboard; another one another seed."""
    assert read_prompt(RED_FOX, duration_s=8) == read_prompt(RED_FOX, duration_s=8)
    assert read_prompt(RED_FOX, duration_s=8).seed != read_prompt(NEON, duration_s=8).seed


def test_case_and_spacing_do_not_matter():
    """Case, accents and spacing change neither the plan nor the seed."""
    shouted = read_prompt("  A RED  FOX\nruns ", duration_s=6)

    assert shouted.seed == read_prompt("a red fox runs", duration_s=6).seed


def test_a_short_clip_has_one_shot():
    """Shots last two seconds at least, so a short clip is not cut."""
    cut = "a dog, then a cat, then a bird"

    assert [len(read_prompt(cut, duration_s=s).shots) for s in (3, 4, 6, 20)] == [1, 2, 3, 3]


def test_colour_words_tint_the_picture():
    """A colour before "sky" moves the sky's colour that way."""
    plain, red = (
        read_prompt(f"{colour} sky over a meadow", duration_s=6).palette for colour in ("", "red")
    )

    assert red[0][0] - red[0][2] > plain[0][0] - plain[0][2]


@pytest.mark.parametrize("place", ["forest", "mountains", "village"])
def test_snow_whitens_the_ground(place):
    """Where snow lies the near ground is far brighter."""
    plain, white = (read_prompt(f"{w} {place}", duration_s=6).palette[3] for w in ("", "snowy"))

    assert min(white) > max(plain) + 30


def test_a_subject_keeps_its_colour_to_itself():
    """The red of a fox tints no sky."""
    red, plain = (read_prompt(f"a {w} fox in a meadow", duration_s=6) for w in ("red", ""))

    assert red.palette == plain.palette


def test_night_is_darker_than_day():
    """Each hour of the evening is darker than the one before."""
    lights = [
        sum(map(sum, read_prompt(f"a meadow at {hour}", duration_s=6).palette[:4]))
        for hour in ("noon", "golden hour", "dusk", "night")
    ]

    assert all(one > other for one, other in pairwise(lights))


def test_every_subject_can_be_drawn():
    """Every subject of the lexicon has traits and a sprite."""
    assert set(SUBJECTS) == set(TRAITS)
    assert set(SUBJECTS) <= set(kinds())


@pytest.mark.parametrize("kind", SUBJECTS)
def test_every_word_for_a_subject_is_understood(kind):
    """Each word listed for a subject gives that subject."""
    for words in SUBJECTS[kind].split(","):
        found = read_prompt(words, duration_s=6).subjects
        assert [subject.kind for subject in found][:1] == [kind], words


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(st.sampled_from(" ".join(CASES).split()), max_size=40).map(" ".join),
    ),
    st.floats(min_value=0, max_value=40),
)
def test_any_text_gives_a_sound_plan(prompt, duration_s):
    """Any text gives a storyboard within its bounds: shares add up, kinds and sounds exist."""
    story = read_prompt(prompt, duration_s=duration_s)

    assert sum(shot.share for shot in story.shots) == pytest.approx(1)
    assert {subject.kind for subject in story.subjects} <= set(kinds())
    assert set(story.sounds) <= SOUNDS
    assert len(story.sounds) <= MOST_SOUNDS
    assert all(0 <= part <= 255 for colour in story.palette for part in colour)
    assert 0 <= story.seed < 2**64
    assert read_as(story).startswith("read as: ")


@pytest.mark.parametrize(
    "words", [RED_FOX, "red ", "fox ", "man drives car ", "then ", "no ", '"', "pan to the "]
)
def test_the_longest_prompt_is_read(words):
    """5,000 characters, however odd: a pattern that backtracks would never come back."""
    story = read_prompt((words * 5000)[:5000], duration_s=20)

    assert sum(shot.share for shot in story.shots) == pytest.approx(1)
