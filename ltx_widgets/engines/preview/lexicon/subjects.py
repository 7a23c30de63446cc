# ruff: noqa: E501 - word lists; a line is an entry, not code
"""Words for who or what a shot is about, and what each of them does when the prompt does not say.

Plain data. Entries are base forms, commas between them; `reading` folds plurals, verb endings
and accents, so "foxes" and "Füchse" need an entry only where folding cannot find them.
"""

from __future__ import annotations

__all__ = [
    "CLOTHES",
    "COUNTS",
    "GROUPS",
    "HEADINGS",
    "MOTIONS",
    "SUBJECTS",
    "SUBJECT_COLOURS",
    "TRAITS",
]

SUBJECTS: dict[str, str] = {
    # people
    "person": "person, people, figure, someone, runner, jogger, hiker, traveler, traveller,"
    " wanderer, pedestrian, stranger, tourist, skier, skater, surfer, swimmer, crowd, human, lover,"
    " detective, worker, farmer, fisherman, sailor, musician, barista, chef, artist, potter,"
    " wizard, soldier, knight, samurai, mensch, personne, laufer",
    "man": "man, men, guy, gentleman, boyfriend, father, grandfather, old man, businessman, king,"
    " mann, homme",
    "woman": "woman, women, lady, girlfriend, mother, grandmother, queen, princess, bride, frau,"
    " femme",
    "child": "child, children, kid, boy, girl, toddler, baby, junge, madchen, enfant",
    "cowboy": "cowboy, cowgirl, gunslinger, rancher",
    "dancer": "dancer, ballerina, ballet dancer, tanzer, tanzerin, danseuse",
    "astronaut": "astronaut, cosmonaut, spaceman, space suit, spacesuit, astronaute",
    "robot": "robot, android, droid, mech, cyborg, roboter",
    # animals
    "fox": "fox, vixen, fuchs, fuchse, renard",
    "dog": "dog, puppy, hound, labrador, husky, shepherd dog, corgi, terrier, golden retriever,"
    " hund, hunde, chien",
    "wolf": "wolf, wolves, wolfe, coyote, jackal, loup",
    "cat": "cat, kitten, kitty, katze, panther, leopard, cheetah, jaguar",
    "lion": "lion, lioness, lowe",
    "rider": "rider, horseback, horseman, horsewoman, horse rider, on horseback, ride a horse,"
    " ride his horse, ride her horse, ride horse, ride horses, on a horse, on his horse,"
    " on her horse, reiter, cavalier",
    "horse": "horse, pony, stallion, mare, mustang, foal, pferd, pferde, cheval, chevaux, unicorn,"
    " zebra, donkey",
    "deer": "deer, stag, doe, fawn, elk, moose, reindeer, antelope, gazelle, hirsch, reh, rehe,"
    " cerf",
    "bear": "bear, grizzly, polar bear, panda, teddy bear, braunbar, eisbar",
    "elephant": "elephant, mammoth, elefant",
    "rabbit": "rabbit, hare, bunny, hase, kaninchen, lapin",
    "cow": "cow, bull, ox, buffalo, bison, cattle, kuh, kuhe, vache",
    "sheep": "sheep, lamb, goat, schaf, schafe, mouton",
    "bird": "bird, sparrow, robin, swallow, songbird, crow, raven, pigeon, dove, hummingbird,"
    " parrot, owl, bat, vogel, oiseau, oiseaux",
    "eagle": "eagle, hawk, falcon, vulture, condor, adler, aigle",
    "seagull": "seagull, gull, albatross, mowe, mowen, mouette",
    "swan": "swan, duck, goose, geese, schwan, cygne",
    "butterfly": "butterfly, butterflies, moth, schmetterling, papillon",
    "fish": "fish, goldfish, koi, salmon, tuna, clownfish, shark, fisch, fische, poisson",
    "whale": "whale, orca, humpback, humpback whale, wal, wale, baleine",
    "dolphin": "dolphin, porpoise, delfin, dauphin",
    "turtle": "turtle, sea turtle, tortoise, schildkrote, tortue",
    "jellyfish": "jellyfish, medusa, qualle, meduse",
    # vehicles
    "car": "car, automobile, sports car, convertible, sedan, limousine, pickup, race car, vehicle,"
    " auto, wagen, voiture",
    "taxi": "taxi, cab, taxicab, yellow cab",
    "bus": "bus, double decker, coach bus, school bus, autobus",
    "truck": "truck, lorry, van, camper, lastwagen, camion",
    "bicycle": "bicycle, bike, cyclist, fahrrad, velo",
    "motorcycle": "motorcycle, motorbike, biker, scooter, moped, motorrad, moto",
    "train": "train, locomotive, steam train, railway, tram, streetcar, subway train, zug, bahn",
    "sailboat": "sailboat, sailing boat, sailing ship, yacht, schooner, pirate ship, galleon,"
    " segelboot, segelschiff, voilier",
    "ship": "ship, ocean liner, ferry, cruise ship, freighter, container ship, schiff, paquebot,"
    " navire",
    "boat": "boat, rowboat, canoe, kayak, fishing boat, gondola, raft, ruderboot, bateau",
    "airplane": "airplane, aeroplane, plane, jet, aircraft, airliner, biplane, flugzeug, avion",
    "helicopter": "helicopter, chopper, hubschrauber, helicoptere",
    "rocket": "rocket, space shuttle, rakete, fusee, missile",
    "spaceship": "spaceship, spacecraft, starship, ufo, flying saucer, satellite, space station,"
    " raumschiff",
    "balloon": "hot air balloon, balloon, heissluftballon, montgolfiere, airship, zeppelin",
    # buildings
    "house": "house, cottage, cabin, hut, farmhouse, barn, chalet, haus, hutte, maison, cafe, shop,"
    " store, church, temple",
    "lighthouse": "lighthouse, leuchtturm, phare",
    "castle": "castle, fortress, palace, citadel, schloss, burg, chateau",
    "windmill": "windmill, windmuhle, moulin",
    "tower": "skyscraper, tower, high rise, turm, hochhaus, tour eiffel, eiffel tower",
    # nature
    "tree": "tree, oak, maple, willow, birch, apple tree, lone tree, baum, baume, arbre,"
    " cherry tree, cherry blossom",
    "pine": "pine, pine tree, fir, fir tree, spruce, christmas tree, tanne, sapin",
    "palm": "palm, palm tree, palme, palmier",
    "cactus": "cactus, cacti, saguaro, kaktus",
    "flower": "flower, rose, tulip, daisy, sunflower, poppy, lily, orchid, blossom, blume, fleur",
    "mushroom": "mushroom, toadstool, pilz, champignon",
    "planet": "planet, earth, saturn, mars, jupiter, ringed planet, globe, planete, erde",
    # things
    "candle": "candle, candlelight, kerze, bougie",
    "cup": "cup, mug, coffee, cup of coffee, cup of tea, coffee cup, espresso, tasse",
    "teapot": "teapot, kettle, tea pot, teekanne, theiere",
    "vase": "vase, pottery, clay pot, pot, jug, urn, amphora, pottery wheel, topferei, poterie",
    "campfire": "campfire, bonfire, camp fire, lagerfeuer, feu de camp, fire pit, fireplace",
    "lantern": "lantern, lamp, street lamp, streetlight, lamppost, laterne, lanterne",
    "umbrella": "umbrella, parasol, regenschirm, parapluie",
    "kite": "kite, drachen, cerf volant",
    "ball": "ball, football, basketball, beach ball, bouncing ball, sphere, orb",
    "piano": "grand piano, pianist, piano on stage, flugel",
    "book": "book, open book, diary, buch, livre",
    "clock": "clock, wristwatch, pocket watch, clock face, uhr, horloge",
}

# kind: (what it does unasked, where it is at home)
TRAITS: dict[str, tuple[str, str]] = {
    "person": ("stands", "meadow"),
    "man": ("stands", "meadow"),
    "woman": ("stands", "meadow"),
    "child": ("stands", "meadow"),
    "cowboy": ("stands", "desert"),
    "dancer": ("dances", "room"),
    "astronaut": ("floats", "space"),
    "robot": ("stands", "city_street"),
    "fox": ("stands", "meadow"),
    "dog": ("stands", "meadow"),
    "wolf": ("stands", "forest"),
    "cat": ("stands", "village"),
    "lion": ("stands", "desert"),
    "rider": ("runs", "desert"),
    "horse": ("stands", "meadow"),
    "deer": ("stands", "forest"),
    "bear": ("stands", "forest"),
    "elephant": ("walks", "desert"),
    "rabbit": ("stands", "meadow"),
    "cow": ("stands", "meadow"),
    "sheep": ("stands", "meadow"),
    "bird": ("flies", "sky"),
    "eagle": ("flies", "mountains"),
    "seagull": ("flies", "sea"),
    "swan": ("floats", "lake"),
    "butterfly": ("flies", "meadow"),
    "fish": ("swims", "underwater"),
    "whale": ("swims", "underwater"),
    "dolphin": ("swims", "sea"),
    "turtle": ("swims", "underwater"),
    "jellyfish": ("floats", "underwater"),
    "car": ("drives", "city_street"),
    "taxi": ("drives", "city_street"),
    "bus": ("drives", "city_street"),
    "truck": ("drives", "desert"),
    "bicycle": ("drives", "village"),
    "motorcycle": ("drives", "desert"),
    "train": ("drives", "mountains"),
    "sailboat": ("sails", "sea"),
    "ship": ("sails", "sea"),
    "boat": ("floats", "lake"),
    "airplane": ("flies", "sky"),
    "helicopter": ("flies", "skyline"),
    "rocket": ("flies", "space"),
    "spaceship": ("flies", "space"),
    "balloon": ("floats", "sky"),
    "house": ("stands", "village"),
    "lighthouse": ("stands", "sea"),
    "castle": ("stands", "mountains"),
    "windmill": ("stands", "meadow"),
    "tower": ("stands", "skyline"),
    "tree": ("sways", "meadow"),
    "pine": ("sways", "forest"),
    "palm": ("sways", "sea"),
    "cactus": ("stands", "desert"),
    "flower": ("sways", "meadow"),
    "mushroom": ("stands", "forest"),
    "planet": ("floats", "space"),
    "candle": ("sways", "room"),
    "cup": ("stands", "room"),
    "teapot": ("stands", "room"),
    "vase": ("stands", "room"),
    "campfire": ("sways", "forest"),
    "lantern": ("stands", "village"),
    "umbrella": ("stands", "city_street"),
    "kite": ("flies", "meadow"),
    "ball": ("stands", "room"),
    "piano": ("stands", "room"),
    "book": ("stands", "room"),
    "clock": ("stands", "room"),
}

GROUPS: dict[str, frozenset[str]] = {
    "people": frozenset({"person", "man", "woman", "child", "cowboy", "dancer", "astronaut"}),
    "hoofed": frozenset({"rider", "horse", "deer", "cow"}),
    "motors": frozenset({"car", "taxi", "bus", "truck", "motorcycle"}),
    "winged": frozenset({"bird", "eagle", "seagull", "butterfly"}),
    "rooted": frozenset(
        {
            "house", "lighthouse", "castle", "windmill", "tower", "tree", "pine", "palm",
            "cactus", "flower", "mushroom", "candle", "cup", "teapot", "vase", "campfire",
            "lantern", "umbrella", "piano", "book", "clock",
        }
    ),
}  # fmt: skip

SUBJECT_COLOURS: dict[str, tuple[int, int, int]] = {
    "golden retriever": (214, 164, 92),
    "yellow cab": (244, 190, 32),
    "school bus": (244, 184, 40),
    "polar bear": (236, 234, 226),
    "panda": (232, 232, 228),
    "zebra": (226, 224, 218),
    "unicorn": (244, 238, 244),
    "grizzly": (122, 84, 54),
    "panther": (38, 38, 46),
    "crow": (34, 36, 44),
    "raven": (30, 32, 40),
    "dove": (238, 238, 236),
    "pigeon": (136, 142, 156),
    "husky": (150, 158, 170),
    "goldfish": (246, 140, 40),
    "koi": (240, 110, 60),
    "shark": (112, 128, 142),
    "cherry blossom": (250, 182, 204),
    "cherry tree": (250, 182, 204),
    "sunflower": (250, 196, 36),
    "rose": (214, 34, 62),
    "poppy": (226, 52, 36),
    "mars": (200, 96, 58),
    "earth": (58, 118, 190),
}

MOTIONS: dict[str, str] = {
    "runs": "run, ran, sprint, gallop, dash, race, jog, chase, bound, leap, jump, hop, trot,"
    " charge, rush, rennt, lauft, laufen, rennen, courir, galoppiert",
    "walks": "walk, stroll, wander, stride, march, step, hike, pace, stalk, prowl, roam, cross,"
    " climb, ride past, geht, spaziert, marche, marcher, trudge, approach",
    "flies": "fly, flies, flew, flying, soar, glide, flutter, hover, swoop, flap,"
    " circle, fliegt, fliegen, vole, volent",
    "rises": "rise, ascend, launch, lift off, take off, blast off, steigt auf",
    "swims": "swim, swam, dive, schwimmt, schwimmen, nage",
    "drives": "drive, drove, speed, cruise, roll, ride, rode, pedal, fahrt, roule",
    "sails": "sail, segelt, navigate, voyage, row",
    "floats": "float, drift, bob, schwebt, treibt, flotte",
    "sways": "sway, swing, bend, rustle, flicker, bloom",
    "dances": "dance, twirl, spin, pirouette, tanzt, danse",
    "stands": "stand, stood, sit, sat, rest, wait, sleep, lie, pose, look, watch, gaze, stare,"
    " perch, smile, drink, eat, talk, sing, read, steht, sitzt, speak, whisper, lean, hold, parked",
}

HEADINGS: dict[str, str] = {
    "face": "face, turn, turn to, head, move, travel, come, go, look, heading",
}

COUNTS: dict[str, str] = {
    "1": "a, an, one, single, lone, lonely, solitary, ein, eine, einsam, un, une",
    "2": "two, couple, pair, pair of, couple of, both, zwei, deux",
    "3": "three, trio, few, several, some, drei, trois",
    "4": "four, vier, quatre",
    "5": "five, group of, group, many, pack of, herd of, cinq, funf, team of, pod of, row of",
    "6": "six, dozens of, sechs",
    "7": "seven, flock of, flock, swarm of, swarm, school of, shoal of, fleet of, crowd of, army of,"
    " hundreds of, thousands of, field of",
}

CLOTHES = (
    "coat, raincoat, dress, jacket, hoodie, suit, shirt, sweater, gown, cloak, cape, scarf, hat,"
    " kimono, uniform, trench coat, skirt, vest, robe, t shirt, outfit, parka, manteau, robe,"
    " mantel, kleid, jacke"
)
