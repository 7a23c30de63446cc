"""What a prompt says and what it could say as well, by Lightricks' advice on prompts.

The advice is for English, by word lists; of a text in another language only the counts are told.
Nothing here refuses a prompt: the schema does that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

__all__ = ["LONG_WORDS", "PLACEHOLDERS", "Advice", "look_at_prompt"]

LONG_WORDS = 200
"""Words from which on a prompt is long. Lightricks' guides and fal's pages agree on it."""

PLACEHOLDERS: Mapping[str, str] = {
    "text-to-video": "A wide shot of a harbour at dawn, mist on the water. A fisherman walks along "
    "the pier and stops at a boat. The camera follows him slowly. Gulls cry, ropes creak.",
    "image-to-video": "What changes, not what the picture shows: she turns her head and smiles, "
    "the wind lifts her hair, the camera pushes in slowly.",
    "audio-to-video": "What is seen, the sound sets the timing: a pianist in a dark hall, close on "
    "the hands, the camera circles the piano.",
    "extend-video": "What happens next: the camera rises above the trees, a lake comes into view.",
    "retake-video": "The section as it should be, in keeping with what is around it: heavy rain "
    "falls, she opens an umbrella.",
}
"""An example of a prompt for each task that takes one."""

# Seconds up to which so many sentences suit; a third party's figures, in line with Lightricks'
# "length follows duration".
_SUITS = ((7, (2, 4)), (11, (4, 6)), (17, (6, 10)))
_SUITS_LONGEST = (10, 16)
# A single take of any length may have so many, by Lightricks' own guide.
_ALWAYS_FINE = 8


@dataclass(frozen=True, slots=True)
class Advice:
    """What is to be said of a prompt.

    Attributes:
        words: How many it has.
        sentences: How many it has.
        suits: Fewest and most sentences that suit the clip's length; None where it is not known.
        said: Which of a good prompt's parts it has.
        unsaid: Which of them it could have as well; never a fault.
        hints: What is likely to go wrong, one sentence each; empty for a good prompt.
    """

    words: int
    sentences: int
    suits: tuple[int, int] | None
    said: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


def look_at_prompt(prompt: str, task: str, duration: float | None = None) -> Advice:
    """What is to be said of a prompt.

    Args:
        prompt: As it was written.
        task: What it is for, such as "image-to-video".
        duration: Seconds that it fills; None where that is not known.
    """
    text = " ".join(prompt.split())
    words, sentences = len(_WORD.findall(text)), _count_sentences(text)
    suits = None if duration is None else _suiting(duration)
    wanted = _PARTS_OF.get(task, ())
    told = wanted if _ENGLISH.search(text) else ()
    said = tuple(part for part in told if _PARTS[part].search(text))
    unsaid = tuple(part for part in told if part not in said)
    hints = [hint for look, hint in _HINTS if look(text)]
    if task == "audio-to-video" and _SPEECH.search(text):
        hints.append("The sound is given here: say what is seen, not what is spoken.")
    if words > LONG_WORDS:
        hints.append(f"{words} words are many: up to {LONG_WORDS} are followed better.")
    elif suits and sentences > max(_ALWAYS_FINE, suits[1]):
        hints.append(f"{sentences} sentences are much for {duration:g} s: about {suits[1]} suit.")
    return Advice(words, sentences, suits, said, unsaid, tuple(hints))


def _suiting(duration: float) -> tuple[int, int]:
    return next((suits for most, suits in _SUITS if duration <= most), _SUITS_LONGEST)


def _count_sentences(text: str) -> int:
    ended = _END.split(text)
    return sum(1 for piece in ended if _WORD.search(piece))


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b", re.IGNORECASE)


_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+(?:['\u2019\-]\w+)*")
# A decimal point and an initial end nothing; an end may stand inside of quotation marks, and is
# none where the text goes on in lower case.
_END = re.compile(
    r"(?<!\b[A-Z])[.!?\u2026]+[\"'\u201d\u2019)]*(?=\s+(?![a-z])|\s*$)|[\u3002\uff01\uff1f]"
)
_ENGLISH = _any(
    *("a", "an", "the", "of", "and", "with", "through", "at", "on", "into", "from", "as"),
    *("slow", "slowly", "camera", "shot"),
)
_SPEECH = re.compile(
    r"\b(?:says?|said|whispers?|shouts?|asks?|speaks?)\b[^.!?]*[\"\u201c\u00ab]", re.IGNORECASE
)

_MOVES = (
    r"pan(?:s|ning)?",
    r"tilt(?:s|ing)?",
    r"doll(?:y|ies)(?:ing)?",
    r"push(?:es|ing)? in",
    r"pull(?:s|ing)? (?:back|out|away)",
    r"zoom(?:s|ing)?",
    r"track(?:s|ing)?",
    r"orbit(?:s|ing)?",
    r"hand-?held",
    r"crane(?:s)? (?:up|down|shot)",
    r"truck(?:s)? (?:left|right)",
)
_PARTS: Mapping[str, re.Pattern[str]] = {
    "shot": _any(
        r"(?:wide|long|medium|full|establishing|tracking|aerial|static|single|drone|insert) shot",
        r"close-?\s?ups?",
        r"close on",
        r"(?:low|high|wide) angle",
        r"over[- ]the[- ]shoulder",
        *("macro", "overhead", "aerial", "portrait", "panorama", "bird's[- ]eye", "pov", "shots?"),
        *("silhouettes?", "view", "seen from", "lens", r"\d+ ?mm", "frames?", "foreground"),
    ),
    "scene and light": _any(
        r"(?:in|on|at|above|over|under|beside|through|across|along|near|into|onto|from|behind)"
        r"(?: (?:a|an|the|his|her|its|their|this))?(?: \w+)? \w+",
        *("dawn", "dusk", "night", "morning", "evening", "noon", "sun(?:set|rise|light|lit)?"),
        *("light", "lit", "backlit", "neon", "golden hour", "moon(?:light|lit)?", "shadows?"),
    ),
    "action": re.compile(
        # The present tense of a third person, or what goes on; nouns of that look are left out.
        r"\b(?!(?:morning|evening|during|nothing|something|everything|building|ceiling|king|ring|"
        r"spring|string|wing|thing|lighting|clothing|lightning|is|as|this|its|his|was|has|glass|"
        r"grass|moss|dress|across|always|towards|lens|gas|bus|us|yes|plus|focus)\b)"
        r"(?:\w{2,}ing|(?:run|walk|fall|fly|flie|turn|move|rise|break|drift|jump|dance|ride|drive|"
        r"look|roll|swim|sail|blow|open|close|climb|spin|stand|sit|come|go|goe|pass|passe|glide|"
        r"float|leap|chase|push|pushe|pull|pour|burn|grow|bloom|melt|shake|wave|reach|reache|lift|"
        r"smile|laugh|cry|crie|sing|play|talk|speak|cook|eat|drink|hold|carry|carrie|throw|catch|"
        r"catche|slide|swing|stop|start|begin|enter|leave|cross|crosse|sway|flicker|shine|gallop|"
        r"hover|land|crash|crashe|splash|splashe|stretch|stretche|sleep|wake|work|paint|write|"
        r"circle|follow|appear|disappear|emerge|gather|scatter|stream|flow|fill|settle)s?)\b",
        re.IGNORECASE,
    ),
    "camera": _any("camera", *_MOVES, "follows?", "circles?", "static", "steadicam", "drone"),
    "sound": _any(
        *("sounds?", "music", "voices?", "says?", "whispers?", "sings?", "songs?", "hums?"),
        *("roars?", "hiss(?:es)?", "rustles?", "rustling", "crash(?:es|ing)?", "splash(?:es)?"),
        *("thunder", "silence", "ambience", "audio", "nois[ey]", "melody", "drums?", "piano"),
        *("creaks?", "cry", "cries", "chirp(?:s|ing)?", "howls?", "echo(?:es)?", "clatters?"),
        *("footsteps", "laughter", "applause", "murmurs?", "bells?", "engine", "loud", "quiet"),
        *("bark(?:s|ing)?", "crackl(?:es?|ing)", "hears?", "heard", "ticks?", "buzz(?:es)?"),
    ),
}
_PARTS_OF: Mapping[str, tuple[str, ...]] = {
    "text-to-video": ("shot", "scene and light", "action", "camera", "sound"),
    "image-to-video": ("action", "camera", "sound"),
    "audio-to-video": ("scene and light", "action", "camera"),
    "extend-video": ("action", "camera", "sound"),
    "retake-video": ("action",),
}

_STILL = _any(
    r"static (?:camera|shot|frame|framing|wide|close-?up|medium|tripod)",
    r"(?:camera|shot|frame) (?:is|stays|remains|holds|stands)(?: \w+ly)? (?:static|still|fixed)",
    *("locked[- ]off", "fixed camera", "tripod shot", "camera (?:does not|doesn't|never) move"),
)
_MOVE = _any(
    rf"camera (?:\w+ly )?(?:then )?(?:{'|'.join(_MOVES)}|follows|circles|rises|descends)",
    r"(?:slow |quick |gentle )?(?:pan|tilt|truck|dolly) (?:left|right|up|down|in|out)",
    *("push(?:es|ing)? in", "zoom(?:s|ing)? (?:in|out)", "hand-?held", "tracking shot"),
)
_TEXT = _any(
    *("logos?", "captions?", "subtitles?", "watermarks?", "title card", "lettering"),
    r"(?:sign|text|banner|label|screen|poster|letters?|headline)s? (?:that |which )?"
    r"(?:says?|reads?|reading|saying|spell(?:s|ing)?)",
    r"(?:the )?words? [\"'\u201c\u2018][^\"'\u201d\u2019]+[\"'\u201d\u2019] (?:on|in|across|above)",
)
_CUT = re.compile(
    r"(?:(?:^|[.,;:!?]\s*)|\b(?:then|we|camera|scene|hard|quick|smash|jump|match)\s+)"
    r"cuts?\s+(?:back\s+)?to\b|\b(?:jump|smash|match) cuts?\b|\bmontage\b|\bnext shot\b"
    r"|\b(?:shot|scene) (?:[2-9]|two|three)\b",
    re.IGNORECASE,
)
_FEELING = re.compile(
    r"\b(?:is|are|feels?|looks?|seems?|becomes?|appears?)\s+(?:\w+ly\s+|very\s+|so\s+)?"
    r"(?:sad|happy|angry|afraid|scared|nervous|excited|lonely|anxious|jealous|bored|confused|"
    r"depressed|joyful|melancholic|furious|worried|in love|heartbroken|hopeful)\b",
    re.IGNORECASE,
)
# … as far as the clause goes.
_NEGATED = re.compile(r"\b(?:no|not|never|without|neither|nor|free of)\b[^.,;:!?]*$", re.IGNORECASE)


def _says(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    """Whether a text says something, and not that there is none of it."""
    return lambda text: any(
        not _NEGATED.search(text[: found.start()]) for found in pattern.finditer(text)
    )


_still, _moving = _says(_STILL), _says(_MOVE)

_HINTS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (
        lambda text: _still(text) and _moving(text),
        "A static camera is taken literally: leave out either that or the other move.",
    ),
    (_says(_TEXT), "Readable text and logos seldom come out right."),
    (_says(_CUT), "One prompt is one take here: make a clip of its own after each cut."),
    (_says(_FEELING), "A feeling is seen by what the body does: say that in place of its name."),
)
