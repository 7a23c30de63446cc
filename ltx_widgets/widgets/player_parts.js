/**
 * What a player is built of; player.js makes it work. Only text is ever put into it.
 */

/** Outlines in a box of 16 by 16. */
const SHAPES = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  back: "M11 3v10L4.5 8zM3 3h1.5v10H3z",
  forth: "M5 3v10l6.5-5zM11.5 3H13v10h-1.5z",
  loop: "M4 4h6V2l4 3-4 3V6H6v3H4zM12 12H6v2l-4-3 4-3v2h4V7h2z",
  sound: "M2 6v4h3l4 3.5v-11L5 6zM11 5.2a4 4 0 0 1 0 5.6l1 1a5.4 5.4 0 0 0 0-7.6z",
  silent: "M2 6v4h3l4 3.5v-11L5 6zM10.6 6l1-1 1.4 1.5L14.4 5l1 1-1.5 1.5 1.5 1.5-1 1L13 8.5 11.6 10l-1-1L12 7.5z",
  large: "M2 2h5v1.5H3.5V7H2zM9 2h5v5h-1.5V3.5H9zM2 9h1.5v3.5H7V14H2zM12.5 9H14v5H9v-1.5h3.5z",
};

const KEYS_TOLD = [
  ["Space", "play or pause"],
  ["← →", "one frame back or on"],
  ["Shift + ← →", "one second back or on"],
  ["Home, End", "first or last frame"],
  ["J, K, L", "play backwards, pause, play or faster"],
  ["I, O", "mark the part's first and last frame"],
  ["X", "clear the marks"],
  ["P", "loop the part, or the whole clip"],
  ["[ ] or < >", "slower or faster"],
  ["M", "sound on or off"],
  ["F", "full screen"],
  ["?", "show or hide these keys"],
];

/**
 * @param {string} tag @param {object} properties @param {...(Node | string)} children
 * @returns {any}
 */
function make(tag, properties = {}, ...children) {
  const { className, ...rest } = properties;
  const element = Object.assign(document.createElement(tag), rest);
  if (className) {
    element.className = className;
  }
  element.append(...children);
  return element;
}

/** @param {keyof typeof SHAPES} shape */
function icon(shape) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SHAPES[shape]);
  svg.append(path);
  return svg;
}

/** @param {HTMLElement} button @param {keyof typeof SHAPES} shape */
function redraw(button, shape) {
  button.querySelector("path").setAttribute("d", SHAPES[shape]);
}

/** A small button with a picture. @param {string} shape @param {string} label @param {string} keys */
function pictured(shape, label, keys) {
  const button = make("button", { type: "button", className: "ltx-icon" }, icon(shape));
  name(button, label, keys);
  return button;
}

/** @param {HTMLElement} button @param {string} label @param {string} [keys] */
function name(button, label, keys) {
  button.setAttribute("aria-label", label);
  button.title = keys ? `${label} (${keys})` : label;
}

/** @param {string} text @param {string} [title] */
function worded(text, title = "") {
  return make("button", { type: "button", className: "ltx-word", textContent: text, title });
}

/** The timeline: what is marked lies on the track, the place on top. */
function timeline() {
  const line = make("div", { className: "ltx-line", tabIndex: 0 });
  line.setAttribute("role", "slider");
  line.setAttribute("aria-label", "Frame");
  line.setAttribute("aria-valuemin", "0");
  const parts = {
    part: make("div", { className: "ltx-part" }),
    done: make("div", { className: "ltx-done" }),
    from: make("div", { className: "ltx-mark" }),
    to: make("div", { className: "ltx-mark ltx-end" }),
    knob: make("div", { className: "ltx-knob" }),
  };
  line.append(make("div", { className: "ltx-rail" }, parts.part, parts.done), parts.from, parts.to, parts.knob);
  return { line, ...parts };
}

/** @param {readonly number[]} speeds */
function speedChoice(speeds) {
  const choice = make("select", { className: "ltx-speed", title: "Speed ([ and ])" });
  choice.setAttribute("aria-label", "Speed");
  choice.append(...speeds.map((speed) => make("option", { value: `${speed}`, textContent: `${speed}×` })));
  return choice;
}

function keyList() {
  const rows = KEYS_TOLD.map(([keys, what]) =>
    make("div", {}, make("dt", { textContent: keys }), make("dd", { textContent: what })),
  );
  const list = make("dl", {}, ...rows);
  const help = make("div", { className: "ltx-keys", hidden: true }, list);
  help.setAttribute("role", "region");
  help.setAttribute("aria-label", "Keys of the player");
  return help;
}

/** Everything on the page, by name. @param {readonly number[]} speeds */
function build(speeds) {
  const video = make("video", { playsInline: true, preload: "auto", tabIndex: -1, disablePictureInPicture: true });
  video.setAttribute("aria-hidden", "true"); // The timeline says it all; this is the picture.
  const parts = {
    ...timeline(),
    video,
    poster: make("img", { alt: "" }),
    still: make("canvas", {}),
    veil: make("div", { className: "ltx-veil", hidden: true }),
    back: pictured("back", "One frame back", "←"),
    play: pictured("play", "Play", "Space"),
    forth: pictured("forth", "One frame on", "→"),
    told: make("span", { className: "ltx-told" }),
    speed: speedChoice(speeds),
    loop: pictured("loop", "Loop", "P"),
    sound: pictured("sound", "Sound", "M"),
    large: pictured("large", "Full screen", "F"),
    ask: make("button", { type: "button", className: "ltx-icon", textContent: "?" }),
    full: worded("Full quality"),
    in: worded("In", "Mark the first frame of a part (I)"),
    out: worded("Out", "Mark the last frame of a part (O)"),
    clear: worded("Clear marks", "Clear the marks (X)"),
    marked: make("span", { className: "ltx-quiet" }),
    use: worded("Use this frame"),
    asFirst: worded("as first image of a new clip"),
    asLast: worded("as last image of a new clip"),
    uses: make("div", { className: "ltx-uses", hidden: true }),
    extend: worded("Extend from here", "Make the clip go on from this frame"),
    retake: worded("Retake this part", "Make the marked part anew"),
    save: worded("Save", "Save the clip at full quality"),
    keys: keyList(),
    note: make("div", { className: "ltx-note" }),
  };
  name(parts.ask, "Keys", "?");
  parts.note.setAttribute("role", "status");
  parts.uses.append(parts.asFirst, parts.asLast);
  parts.stage = make("div", { className: "ltx-stage" }, parts.poster, parts.still, video, parts.veil);
  return parts;
}

/** @param {HTMLElement} root @param {ReturnType<typeof build>} parts */
function layOut(root, parts) {
  const { stage, line, back, play, forth, told, speed, loop, sound, large, ask, full } = parts;
  const space = make("span", { className: "ltx-space" });
  const menu = make("div", { className: "ltx-menu" }, parts.use, parts.uses);
  root.classList.add("ltx-player");
  root.setAttribute("role", "group");
  root.append(
    stage,
    line,
    make("div", { className: "ltx-bar" }, back, play, forth, told, space, full, speed, loop, sound, large, ask),
    make("div", { className: "ltx-bar" }, parts.in, parts.out, parts.clear, parts.marked),
    make("div", { className: "ltx-bar" }, menu, parts.extend, parts.retake, parts.save),
    parts.keys,
    parts.note,
  );
}
