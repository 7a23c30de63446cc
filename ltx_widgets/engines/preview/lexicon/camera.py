# ruff: noqa: E501, ISC004 - word lists; a line is an entry, not code
"""Words for what the camera does, how near it is, where a shot ends, and what is heard.

Plain data; see `subjects` for how entries are written.
"""

from __future__ import annotations

__all__ = [
    "ACTORS",
    "CUTS",
    "DIRECTIONS",
    "FRAMINGS",
    "MOVES",
    "MUTED_MUSIC",
    "NEGATIONS",
    "NOTHING",
    "PACES",
    "SKIPPED",
    "SOUNDS",
    "TURNS",
    "WEAK_TURNS",
]

# Moves that name their direction themselves.
MOVES: dict[str, str] = {
    "static": "static, static camera, static frame, static shot, still camera, locked off, tripod,"
    " fixed camera, fixed shot, locked shot, camera is still, camera does not move, stationary"
    " camera, camera remains still, camera holds still, camera stays still, no camera movement,"
    " no camera motion, without camera movement, statische kamera, feste kamera, camera fixe,"
    " plan fixe, camera stays, camera holds",
    "push_in": "push in, push forward, push slowly in, push toward, push closer, dolly in,"
    " dolly forward, zoom in, zoom toward, camera moves in, camera moves closer, move closer,"
    " camera moves forward, camera approaches, camera glides forward, camera flies forward,"
    " close in on, fly over, flyover, fly through, fpv, drone shot, aerial shot, kamera fahrt heran,"
    " heranzoomen, kamerafahrt vorwarts, travelling avant, zoom avant, zooms closer",
    "pull_out": "pull back, pull out, pull away, dolly out, dolly back, dolly away, zoom out,"
    " zoom back, camera moves back, camera backs away, camera moves away, camera retreats, back"
    " away, wegzoomen, herauszoomen, kamera fahrt zuruck, travelling arriere, zoom arriere",
    "crane_up": "crane up, jib up, boom up, crane shot, pedestal up, camera rises, camera ascends,"
    " camera lifts, camera climbs, rising shot, kamera steigt",
    "crane_down": "crane down, jib down, boom down, pedestal down, camera descends, camera lowers,"
    " camera sinks, camera drops, descending shot, kamera sinkt",
    "handheld": "handheld, hand held, shaky, shaky cam, camera shake, handkamera, camera epaule,"
    " vlog, documentary style, over the shoulder",
}

# Verbs that need a direction word nearby; the value is the direction they take without one.
TURNS: dict[str, tuple[str, str]] = {
    "pan": ("right", "pan, schwenk, schwenkt, panoramique, whip pan, camera whip"),
    "tilt": ("up", "tilt, neigt"),
    "track": (
        "right",
        "tracking shot, track shot, side tracking, camera track, camera follow, camera slide,"
        " camera truck, dolly shot, follow shot, kamera folgt, steadicam, kamerafahrt, travelling,"
        " truck left, truck right, track left, track right, dolly left, dolly right, slide left,"
        " slide right",
    ),
    "orbit": (
        "left",
        "camera orbit, camera circle, camera arc, orbit shot, orbiting shot, circle around,"
        " orbit around, arc shot, rotate around, camera rotate, 360 shot, kamera umkreist, arc left,"
        " arc right, orbit left, orbit right, camera spin",
    ),
}

# The same verbs without "camera" before them; they count only when a camera word stands near.
WEAK_TURNS: dict[str, str] = {
    "track": "track, follow, slide, truck, folgt, move sideways",
    "orbit": "orbit, circle, arc, rotate, revolve, umkreist, wrap",
    "crane_up": "rise, ascend, lift, soar, climb, steigt, move up",
    "crane_down": "descend, lower, sink, drop, sinkt, move down",
    "push_in": "approach, move in, move forward, creep in, advance, glide forward, fly forward",
    "pull_out": "retreat, recede, move back, draw back, glide back",
    "pan": "turn, sweep, swing, look",
    "move": "move, travel, drift, go",
}

# Clockwise around a subject, as seen from above, is to the camera's left.
DIRECTIONS: dict[str, str] = {
    "left": "left, leftward, leftwards, links, gauche, clockwise",
    "right": "right, rightward, rightwards, rechts, droite, counterclockwise, anticlockwise",
    "up": "up, upward, upwards, oben, hoch, haut, skyward",
    "down": "down, downward, downwards, unten, bas, runter",
}

# Words that may stand between a verb and its direction.
SKIPPED = (
    "to, the, toward, towards, from, then, slowly, slow, gently, gentle, smoothly, smooth, softly,"
    " quickly, fast, rapidly, steadily, across, over, of, frame, frames, side, scene, nach, a, la,"
    " de, vers, langsam, lentement, schnell, subtly, off, screen, with, around, it, them, him, her, along"
)

ACTORS = "camera, shot, lens, viewpoint, view, we, drone, kamera, cinematographer, frame"

PACES: dict[str, str] = {
    "0.5": "slow, slowly, gently, gentle, gradual, gradually, smooth, smoothly, subtle, subtly,"
    " steady, steadily, soft, softly, calmly, langsam, langsamer, sanft, lent, lente, lentement,"
    " doucement, leisurely, creeping, barely",
    "1.8": "fast, quick, quickly, rapid, rapidly, swift, swiftly, sudden, suddenly, whip, hectic,"
    " frantic, schnell, schneller, rapide, rapidement, vite, dynamic, energetic, briskly",
}

FRAMINGS: dict[str, str] = {
    "close": "close up, closeup, extreme close up, macro, tight shot, close shot, detail shot,"
    " nahaufnahme, gros plan, face fills the frame, portrait, close on",
    "medium": "medium shot, mid shot, waist up, cowboy shot, medium close up, half body,"
    " halbnah, plan moyen, two shot, over the shoulder, medium",
    "wide": "wide shot, wide angle, establishing shot, long shot, full shot, extreme wide, panorama,"
    " panoramic, aerial, aerial shot, birds eye, overhead, drone shot, totale, plan large, vista,"
    " wide",
}

CUTS = (
    "then, cut to, cuts to, next shot, second shot, third shot, hard cut, smash cut, match cut,"
    " transition to, transitions to, scene changes to, dann, danach, schnitt auf, puis, ensuite,"
    " coupe sur, afterwards, and then, but then"
)

NEGATIONS = "no, without, not, never, none, nobody, ohne, kein, keine, keinen, sans, pas de, zero"

SOUNDS: dict[str, str] = {
    "wind": "wind, howling wind, breeze, gust, wind whistles, gale, vent, rustle, rustling leaves",
    "rain": "rain, drizzle, downpour, raindrop, patter, rainfall, sound of rain, regen, pluie",
    "waves": "waves, wave, surf, crashing waves, ocean sound, lapping water, sea sound, wellen, vagues",
    "river": "stream, babbling brook, running water, waterfall, flowing water, gurgle, trickle,"
    " splash",
    "city": "city noise, city hum, city sound, urban noise, street noise, sirens, siren, stadtlarm",
    "traffic": "traffic, traffic hum, traffic noise, car horn, honk, horns, passing cars, verkehr",
    "forest": "forest sound, forest ambience, leaves rustle, jungle sound",
    "birdsong": "birdsong, bird song, chirp, birds chirping, birds singing, birds sing, tweet,"
    " twitter, songbirds, vogelgesang, chant d oiseaux",
    "crickets": "cricket, cicada, insects, night insects, grillen, cigales, frogs",
    "seagulls": "seagull cry, seagulls cry, gulls cry, gull calls, seagull, gull, mowe",
    "fire": "crackling fire, fire crackles, crackle, fire, flame, campfire, bonfire, fireplace, feuer",
    "thunder": "thunder, thunderstorm, thunderclap, rumble of thunder, lightning, donner, tonnerre",
    "footsteps": "footsteps, footstep, steps echo, footfall, heels click, schritte, boots crunch,"
    " bruit de pas, crunching snow",
    "gallop": "hoof, hooves, hoofbeat, hoofbeats, gallop, clatter of hooves, hufe",
    "engine": "engine, motor, engine roars, engine hum, revving, moteur, propeller",
    "train": "train whistle, clatter of rails, train sound, rails, train, locomotive",
    "bell": "bell, church bell, bells ring, chime, wind chime, glocke, glocken, cloche, gong",
    "piano": "piano, soft piano, piano music, piano melody, gentle piano, klavier, pianist",
    "beat": "drum, drums, drumbeat, beat, percussion, techno, hip hop, heartbeat, bass line,"
    " electronic beat",
    "voices": "voices, chatter, murmur, murmuring crowd, crowd, laughter, talk, speak, whisper,"
    " conversation, cheer, applause, dialogue, stimmen, voix",
    "room": "room tone, quiet room, clock ticks, hum of a fridge",
    "underwater": "bubbles, muffled underwater, whale song, bubble",
    "space": "deep drone, space hum, low hum, ominous drone, drone sound, humming",
    "music": "music, melody, orchestral, orchestra, strings, violin, cello, ambient music, soundtrack,"
    " score, synth, synth pad, guitar, jazz, lofi, choir, flute, song, musik, musique, harp",
    "silence": "silence, silent, no sound, without sound, soundless, mute, stille, lautlos,"
    " sans son, ohne ton, no audio, complete silence, total silence",
}

MUTED_MUSIC = (
    "no music, without music, no soundtrack, no score, without any music, no background music,"
    " ohne musik, keine musik, sans musique, pas de musique, ambient sound only, only natural sound,"
    " natural sound only"
)

# Phrases whose words mean something else than they do alone.
NOTHING = (
    "frying pan, pan flute, saucepan, train track, railroad track, race track, at first,"
    " right now, all right, left behind, left over, right behind, look like, looks like, sort of,"
    " of the day, human sized, soundtrack by, space between, day to day, one day, bark, lens cap,"
    " bat an eye, bear in mind, light as, rose up, pine for, palm of, in the air, in her hand,"
    " in his hand, air conditioning, snow globe, sound stage, ice cream, slow motion,"
    " wave at, wave goodbye, wave her hand, wave his hand, wave to"
)
