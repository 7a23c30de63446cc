"""Five colours for a clip: from time, place and weather, bent by the prompt's colour words."""

from __future__ import annotations

from typing import Final

from ltx_widgets.engines.preview.lexicon.scenes import COLOURS, GROUND, OVERRIDE, SKY
from ltx_widgets.engines.preview.reading.cast import owned_colour_starts
from ltx_widgets.engines.preview.reading.phrases import Match, Token
from ltx_widgets.engines.preview.storyboard import Place, TimeOfDay, Weather

__all__ = ["Palette", "read_palette"]

RGB = tuple[int, int, int]
Palette = tuple[RGB, RGB, RGB, RGB, RGB]

_HINT_REACH: Final = 3
_ACCENT: Final = 4
_UNDER_SNOW: Final = frozenset({"forest", "mountains", "village"})
_SNOW_LEFT: Final = 0.85
# weather: (grey it adds, share of it in the sky, share of it on the ground)
_VEILS: Final[dict[Weather, tuple[RGB, float, float]]] = {
    "clear": ((0, 0, 0), 0.0, 0.0),
    "wind": ((176, 188, 200), 0.1, 0.0),
    "cloudy": ((166, 172, 182), 0.5, 0.12),
    "fog": ((196, 200, 204), 0.6, 0.42),
    "rain": ((104, 114, 130), 0.55, 0.3),
    "snow": ((196, 204, 218), 0.35, 0.25),
    "storm": ((58, 66, 82), 0.65, 0.42),
}
_LUMINANCE: Final = (0.2126, 0.7152, 0.0722)


def read_palette(
    tokens: tuple[Token, ...],
    matches: tuple[Match, ...],
    place: Place,
    when: TimeOfDay,
    weather: Weather,
    style: tuple[str, ...],
    *,
    snowy: bool = False,
) -> Palette:
    """Zenith, horizon, far ground, near ground and accent, sRGB 0-255."""
    zenith, horizon, light = SKY[when]
    zenith, horizon = OVERRIDE.get(place, (zenith, horizon))
    if place in OVERRIDE and place != "space":
        zenith, horizon = _multiply(zenith, light), _multiply(horizon, light)
    far, near, accent = GROUND[place]
    if snowy and place in _UNDER_SNOW:
        near = _mix(near, GROUND["snowfield"][1], _SNOW_LEFT)
    colours = [zenith, horizon, _multiply(far, light), _multiply(near, light), accent]
    if place not in OVERRIDE:
        colours = _veil(colours, weather, light)
    colours = _style(colours, style)
    for index, tint in _find_tints(tokens, matches):
        colours[index] = _mix(colours[index], _multiply(tint, _soften(light)), 0.6)
    if "noir" in style:
        colours = [_grey(colour) for colour in colours]
    return (colours[0], colours[1], colours[2], colours[3], colours[4])


def _find_tints(tokens: tuple[Token, ...], matches: tuple[Match, ...]) -> list[tuple[int, RGB]]:
    """Colour words that no subject wears: (place in the palette, colour)."""
    owned = owned_colour_starts(tokens, matches)
    tints = []
    for match in matches:
        name = match.value("colour")
        if not name or match.start in owned:
            continue
        surface = next(
            (other.value("surface") for other in matches
             if other.value("surface") and 0 <= other.start - match.end < _HINT_REACH
             and other.clause == match.clause),
            None,
        )  # fmt: skip
        places = [int(place) for place in (surface or str(_ACCENT)).split(",")]
        tints += [(place, COLOURS[name][0]) for place in places]
    return tints


def _veil(colours: list[RGB], weather: Weather, light: RGB) -> list[RGB]:
    """Grey the sky and the ground as the weather does, at the brightness of the hour."""
    grey, above, below = _VEILS[weather]
    lit = _multiply(grey, light)
    shares = (above, above * 0.85, below, below * 0.7, 0.0)
    return [_mix(colour, lit, share) for colour, share in zip(colours, shares, strict=True)]


def _style(colours: list[RGB], style: tuple[str, ...]) -> list[RGB]:
    """Bend the colours as a look does."""
    if "neon" in style:
        colours = [
            _mix(colours[0], (24, 10, 58), 0.5),
            _mix(colours[1], (196, 40, 150), 0.45),
            _mix(colours[2], (46, 24, 92), 0.4),
            _mix(colours[3], (18, 16, 44), 0.4),
            (255, 60, 172),
        ]
    if "vintage" in style:
        colours = [
            _mix(_mix(colour, _grey(colour), 0.4), (196, 160, 112), 0.2) for colour in colours
        ]
    return colours


def _mix(one: RGB, other: RGB, share: float) -> RGB:
    """Blend two colours; `share` of the other."""
    red, green, blue = (
        round(a + (b - a) * share) for a, b in zip(one, other, strict=True)
    )  # fmt: skip
    return (red, green, blue)


def _multiply(colour: RGB, light: RGB) -> RGB:
    """A colour under a light."""
    red, green, blue = (round(a * b / 255) for a, b in zip(colour, light, strict=True))
    return (red, green, blue)


def _soften(light: RGB) -> RGB:
    """Half way to white: a named colour stays itself by night, but darker."""
    return _mix(light, (255, 255, 255), 0.5)


def _grey(colour: RGB) -> RGB:
    """The grey of the same luminance."""
    level = round(sum(part * weight for part, weight in zip(colour, _LUMINANCE, strict=True)))
    return (level, level, level)
