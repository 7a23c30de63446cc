# ruff: noqa: E501 - word lists; a line is an entry, not code
"""Words for where and when a shot plays, its weather, colours and looks.

Plain data; see `subjects` for how entries are written.
"""

from __future__ import annotations

__all__ = [
    "COLOURS",
    "GROUND",
    "OVERRIDE",
    "PLACES",
    "SKY",
    "STYLES",
    "SURFACES",
    "TIMES",
    "WEAK_PLACES",
    "WEATHERS",
]

RGB = tuple[int, int, int]

PLACES: dict[str, str] = {
    "sea": "sea, ocean, beach, shore, seashore, coast, coastline, bay, harbor, harbour, cliff,"
    " seaside, surf, pier, island, wave, meer, ozean, strand, kuste, mer, plage, horizon at sea",
    "lake": "lake, pond, lagoon, fjord, mountain lake, frozen lake, lac, reservoir, bergsee",
    "river": "river, stream, creek, brook, canal, waterfall, riverbank, rapids, bridge, fluss, bach,"
    " wasserfall, riviere, fleuve",
    "forest": "forest, woods, woodland, jungle, rainforest, grove, bamboo, redwood, wald, foret,"
    " dschungel, undergrowth, pine forest",
    "mountains": "mountain, mountain top, peak, summit, alps, hill, valley, ridge, canyon, volcano,"
    " himalaya, berg, berge, gebirge, montagne, snow capped mountain, snowy mountain, glacier",
    "desert": "desert, dune, sand, sahara, badlands, wasteland, savanna, savannah, prairie, mesa,"
    " wuste, dunes, wild west, highway, open road, surface of mars",
    "meadow": "meadow, field, grass, grassland, garden, park, lawn, farm, countryside, pasture, field of, country road,"
    " vineyard, wheat field, orchard, wiese, feld, garten, prairie grass, champ, jardin, park bench",
    "snowfield": "snowfield, snowy, snowy field, snow field, tundra, arctic, antarctica, ice, icy, frozen,"
    " ski slope, snow covered, snowdrift, winter, winter landscape, verschneit, schneefeld,"
    " in the snow, across the snow, through the snow, deep snow",
    "city_street": "city street, street, alley, alleyway, avenue, sidewalk, crosswalk, boulevard,"
    " downtown, market, road, wet street, wet pavement, intersection, tokyo, shibuya, times square, strasse, gasse, rue,"
    " city, urban, stadt, ville, cyberpunk city, neon city street, chinatown, broadway",
    "skyline": "skyline, cityscape, city skyline, rooftop, metropolis, manhattan, city lights,"
    " above the city, over the city, city from above, futuristic city, dach, skyscrapers",
    "village": "village, town, hamlet, cobblestone, courtyard, plaza, old town, dorf, altstadt,"
    " suburb, backyard, porch",
    "room": "room, interior, kitchen, bedroom, living room, cafe interior, coffee shop, library,"
    " office, studio, workshop, bar interior, restaurant, indoors, hallway, attic, table,"
    " wooden table, desk, window sill, windowsill, stage, theater, ballroom, museum, classroom,"
    " zimmer, kuche, chambre, salon, laboratory, diner, potter s studio, pottery studio, saloon",
    "space": "space, outer space, galaxy, nebula, cosmos, universe, milky way, in orbit, on the moon, moon surface, asteroid,"
    " deep space, weltraum, weltall, espace, lunar surface, black hole",
    "sky": "sky, skies, cloudscape, above the clouds, himmel, ciel, stratosphere",
    "underwater": "underwater, under water, coral reef, reef, seabed, ocean floor, deep sea,"
    " aquarium, kelp, beneath the waves, under the sea, unterwasser, sous l eau, beneath the sea",
    "abstract": "abstract, fractal, geometric, kaleidoscope, ink in water, abstract shapes,"
    " abstrakt, abstrait, paint splash",
}

# These only say where we are when no other word does: a winter forest is a forest.
WEAK_PLACES = (
    "winter, snowy, bridge, ice, icy, frozen, snow covered, sky, skies, himmel, ciel, table, wooden table, grass,"
    " sand, field, park, hill, road, island, in the snow, through the snow, across the snow, wave"
)

TIMES: dict[str, str] = {
    "dawn": "dawn, sunrise, daybreak, early morning, first light, morning mist, misty morning,"
    " morgendammerung, sonnenaufgang, aube, lever du soleil, sun rises, sun rise, morgens, morning",
    "day": "day, daylight, noon, midday, afternoon, sunny, sunlight, bright sun, daytime, sunshine,"
    " summer day, tag, mittag, jour, midi, blue sky",
    "golden_hour": "golden hour, sunset, golden light, late afternoon, magic hour, warm evening light,"
    " sun sets, sun set, setting sun, low sun, sonnenuntergang, coucher de soleil, golden sunlight",
    "dusk": "dusk, twilight, blue hour, evening, nightfall, gloaming, abend, dammerung,"
    " abenddammerung, crepuscule, soir",
    "night": "night, midnight, nighttime, moonlight, moonlit, starry, starry sky, star, moon,"
    " full moon, nocturnal, after dark, nacht, mitternacht, nuit, minuit, aurora, northern lights,"
    " neon, neon light, neon sign, neon city street, by candlelight, firelight",
}

WEATHERS: dict[str, str] = {
    "clear": "clear sky, cloudless, clear, sunny, blue sky, klar, wolkenlos",
    "cloudy": "cloud, overcast, grey sky, gray sky, wolken, bewolkt, nuage, nuageux, gloomy",
    "wind": "wind, breeze, gust, windswept, gale, wind blows, vent, windig, blustery",
    "fog": "fog, mist, haze, hazy, smog, steam rises, nebel, brouillard, brume, smoke, misty morning,"
    " morning mist",
    "rain": "rain, drizzle, downpour, shower, raindrop, rainfall, wet street, wet pavement, puddle,"
    " regen, regnet, pluie, monsoon, rain soaked",
    "snow": "snow, snowfall, snowflake, falling snow, blizzard, schnee, schneit, neige, flurries,"
    " in the snow, across the snow, through the snow",
    "storm": "storm, thunderstorm, thunder, lightning, tempest, hurricane, tornado, sturm, gewitter,"
    " orage, tempete, stormy sea",
}

STYLES: dict[str, str] = {
    "film grain": "film grain, grainy, 35mm, 16mm, super 8, analog, vintage film, shot on film, kodak",
    "noir": "noir, film noir, black and white, monochrome, b w, schwarzweiss, noir et blanc",
    "watercolour": "watercolor, watercolour, aquarelle, aquarell, painted, painterly, oil painting,"
    " impressionist, ghibli, hand painted, illustration",
    "neon": "neon, cyberpunk, synthwave, vaporwave, neon light, neon sign, neon city street, blade"
    " runner, glowing sign",
    "vintage": "vintage, retro, sepia, nostalgic, 1970s, 1980s, old film, faded",
    "cinematic": "cinematic, anamorphic, film look, movie, epic, blockbuster, lens flare",
    "dreamy": "dreamy, soft focus, ethereal, surreal, magical, bokeh, shallow depth of field,"
    " fairytale, dreamlike",
}

COLOURS: dict[str, tuple[RGB, str]] = {
    "red": ((198, 48, 40), "red, scarlet, crimson, ruby, rot, rote, roter, rotes, rouge"),
    "orange": ((234, 124, 36), "orange, amber, ginger, tangerine, copper, orangefarben"),
    "yellow": ((244, 196, 48), "yellow, gelb, gelbe, gelber, gelbes, jaune, lemon"),
    "gold": ((222, 170, 64), "golden, gold, goldene, goldener, dore"),
    "green": ((74, 146, 74), "green, grun, grune, gruner, grunes, vert, verte, olive, lime"),
    "emerald": ((24, 150, 104), "emerald, jade"),
    "teal": ((32, 142, 150), "teal, turquoise, turkis, cyan, aqua"),
    "blue": ((48, 98, 188), "blue, blau, blaue, blauer, blaues, bleu, bleue, cobalt, azure"),
    "navy": ((30, 44, 92), "navy, navy blue, indigo, midnight blue, dark blue"),
    "sky blue": ((126, 188, 232), "light blue, pale blue, baby blue, hellblau"),
    "purple": ((124, 66, 160), "purple, violet, lila, violett, mauve"),
    "magenta": ((214, 48, 150), "magenta, fuchsia, hot pink"),
    "pink": ((240, 142, 176), "pink, rosa, rosy"),
    "lavender": ((180, 160, 216), "lavender, lilac"),
    "brown": ((120, 80, 50), "brown, braun, braune, brauner, chestnut, bronze, marron, tan"),
    "beige": ((212, 190, 156), "beige, cream, ivory, sandy"),
    "white": (
        (238, 238, 234),
        "white, snow white, weiss, weisse, weisser, weisses, blanc, blanche",
    ),
    "black": ((36, 36, 42), "black, schwarz, schwarze, schwarzer, schwarzes, jet black, noire"),
    "grey": ((136, 140, 146), "grey, gray, grau, graue, grauer, gris, grise"),
    "silver": ((188, 194, 202), "silver, silvery, chrome, steel"),
}

# Where a colour lands when it stands before one of these nouns: palette places 0 to 4
# (zenith, horizon, far ground, near ground, accent).
SURFACES: dict[str, str] = {
    "0,1": "sky, skies, cloud, sunset, sunrise, dusk, dawn, himmel, ciel, horizon, haze, nebula, fog,"
    " mist, twilight, background, hour, mood, tone, light, glow, sunlight, moonlight",
    "2,3": "sea, ocean, water, lake, river, field, grass, meadow, sand, dune, desert, hill, mountain,"
    " forest, ground, floor, wall, street, table, leaf, foliage, wave, earth ground",
    "4": "neon, sign, lantern light, accent, lamp light, spark, flame, petal, window, reflection",
}

# time: (zenith, horizon, light that falls on the ground)
SKY: dict[str, tuple[RGB, RGB, RGB]] = {
    "dawn": ((96, 124, 178), (250, 190, 158), (226, 196, 204)),
    "day": ((66, 136, 214), (190, 220, 240), (255, 252, 244)),
    "golden_hour": ((104, 112, 168), (255, 176, 92), (255, 206, 150)),
    "dusk": ((42, 48, 104), (214, 128, 132), (132, 122, 164)),
    "night": ((10, 14, 36), (34, 46, 86), (72, 88, 134)),
}

# place: (far ground, near ground, accent) in plain daylight
GROUND: dict[str, tuple[RGB, RGB, RGB]] = {
    "sea": ((58, 128, 166), (28, 84, 120), (246, 236, 210)),
    "lake": ((84, 138, 150), (44, 96, 112), (236, 226, 190)),
    "river": ((96, 140, 116), (62, 118, 130), (226, 220, 180)),
    "forest": ((70, 110, 82), (38, 74, 48), (228, 214, 130)),
    "mountains": ((118, 136, 158), (74, 92, 84), (244, 244, 248)),
    "desert": ((222, 172, 116), (206, 146, 88), (255, 226, 170)),
    "meadow": ((122, 168, 98), (88, 142, 66), (246, 208, 84)),
    "snowfield": ((206, 218, 232), (238, 243, 250), (255, 214, 170)),
    "city_street": ((98, 104, 122), (62, 66, 78), (255, 190, 92)),
    "skyline": ((104, 116, 142), (56, 64, 86), (255, 206, 116)),
    "village": ((142, 134, 112), (124, 108, 86), (255, 196, 104)),
    "room": ((150, 118, 92), (112, 80, 58), (255, 204, 128)),
    "space": ((36, 30, 66), (18, 16, 36), (176, 146, 255)),
    "sky": ((212, 228, 242), (236, 242, 248), (255, 226, 176)),
    "underwater": ((22, 92, 122), (10, 52, 80), (132, 240, 226)),
    "abstract": ((96, 72, 150), (52, 40, 96), (255, 160, 110)),
}

# Places with a light of their own: (zenith, horizon), whatever the hour.
OVERRIDE: dict[str, tuple[RGB, RGB]] = {
    "space": ((4, 4, 14), (26, 20, 52)),
    "underwater": ((72, 178, 206), (14, 78, 112)),
    "room": ((92, 70, 58), (168, 132, 102)),
    "abstract": ((38, 30, 84), (206, 104, 132)),
}
