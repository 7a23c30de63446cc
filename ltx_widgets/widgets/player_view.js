/**
 * How a player looks now, and what its buttons and keys do.
 */

/** @param {number} bytes */
const size = (bytes) => (bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

/** @param {number} frame @param {number} fps */
const clock = (frame, fps) => `${(frame / fps).toFixed(2)} s`;

/** @param {View} view */
function paint(view) {
  const { parts, model, frame, video } = view;
  const { frames, fps } = view.clip;
  const moving = view.playing || view.rewinding !== 0;
  redraw(parts.play, moving ? "pause" : "play");
  name(parts.play, moving ? "Pause" : "Play", "Space");
  const poster = model.get("poster");
  parts.poster.hidden = !poster;
  if (poster && parts.poster.src !== poster) {
    parts.poster.src = poster;
  }
  parts.told.textContent = `${clock(frame, fps)} · frame ${frame} of ${frames}`;
  paintLine(view, moving);
  paintMarks(view);
  paintFilm(view);
  const speed = model.get("speed");
  parts.speed.value = `${speed}`;
  if (video.playbackRate !== speed) {
    video.playbackRate = speed;
  }
  hold(parts.loop, model.get("loop"));
  redraw(parts.sound, video.muted ? "silent" : "sound");
  hold(parts.sound, !video.muted);
}

/** @param {HTMLElement} button @param {boolean} on */
function hold(button, on) {
  button.setAttribute("aria-pressed", `${on}`);
}

/** Not to be pressed now; as `disabled` it would lose the keyboard's place. */
function dim(/** @type {HTMLElement} */ button, /** @type {boolean} */ off) {
  button.setAttribute("aria-disabled", `${off}`);
}

/** @param {View} view @param {boolean} moving */
function paintLine({ parts, frame, clip: { frames, fps } }, moving) {
  const place = `${(100 * frame) / Math.max(1, frames - 1)}%`;
  parts.knob.style.left = place;
  parts.done.style.width = place;
  // Read aloud each second while it plays, not thirty times.
  if (!moving || frame % Math.round(fps) === 0) {
    parts.line.setAttribute("aria-valuenow", `${frame}`);
    parts.line.setAttribute("aria-valuetext", `frame ${frame} of ${frames}, ${clock(frame, fps)}`);
  }
}

/** @param {View} view */
function paintMarks({ parts, model, marked, span, clip: { frames, fps } }) {
  const [from, to] = model.get("marks");
  const place = (/** @type {number} */ frame) => (100 * frame) / Math.max(1, frames - 1);
  parts.from.hidden = from === null;
  parts.to.hidden = to === null;
  parts.from.style.left = `${place(from ?? 0)}%`;
  parts.to.style.left = `${place(to ?? 0)}%`;
  parts.part.hidden = !marked;
  parts.part.style.left = `${place(span[0])}%`;
  parts.part.style.width = `${place(span[1]) - place(span[0])}%`;
  dim(parts.clear, !marked);
  const length = ((span[1] - span[0] + 1) / fps).toFixed(2);
  parts.marked.textContent = marked
    ? `part: frames ${span[0]} to ${span[1]}, ${length} s`
    : "no part marked";
}

/** @param {View} view */
function paintFilm({ parts, film, saving, clip: { bytes } }) {
  const percent = `${Math.round(100 * film.part)} %`;
  const coming = film.part ? `Loading ${percent}` : "Preparing the film …";
  const state = film.silent ? "Waiting for the kernel, which is busy or gone." : coming;
  const told = film.trouble ? `The film cannot be shown: ${film.trouble}` : film.asking && state;
  // Over a picture that moves already, the button says it.
  parts.veil.hidden = !told || (film.url !== "" && !film.trouble);
  parts.veil.textContent = told;
  parts.veil.classList.toggle("ltx-bad", film.trouble !== "");
  const fetching = film.asking.endsWith("/full");
  parts.full.textContent = fetching ? coming.replace("Preparing the film", "Loading") : `Full quality (${size(bytes)})`;
  dim(parts.full, fetching);
  hold(parts.full, film.quality === "full");
  parts.save.textContent = saving || `Save (${size(bytes)})`;
  dim(parts.save, saving !== "");
}

/** Buttons, timeline and picture. @param {View} view */
function operate(view) {
  const { parts, model, video } = view;
  parts.play.onclick = () => view.toggle();
  parts.back.onclick = () => view.seek(view.frame - 1);
  parts.forth.onclick = () => view.seek(view.frame + 1);
  parts.speed.onchange = () => view.set({ speed: Number(parts.speed.value) });
  parts.loop.onclick = () => view.set({ loop: !model.get("loop") });
  parts.sound.onclick = () => {
    video.muted = !video.muted;
    view.paint();
  };
  parts.large.onclick = () => view.large();
  parts.full.onclick = () => view.film.want(view.film.quality === "full" ? "small" : "full");
  parts.in.onclick = () => view.mark(0);
  parts.out.onclick = () => view.mark(1);
  parts.clear.onclick = () => view.set({ marks: [null, null] });
  parts.ask.onclick = () => fold(parts.ask, parts.keys);
  parts.use.onclick = () => fold(parts.use, parts.uses);
  parts.asFirst.onclick = () => choose(view, "first image");
  parts.asLast.onclick = () => choose(view, "last image");
  parts.extend.onclick = () => view.ask("extend");
  parts.retake.onclick = () => view.ask("retake");
  parts.save.onclick = () => view.save();
  fold(parts.ask, parts.keys, false);
  fold(parts.use, parts.uses, false);
  parts.stage.onclick = () => {
    parts.line.focus({ preventScroll: true });
    view.toggle();
  };
  drag(view);
}

/** @param {View} view @param {string} what */
function choose(view, what) {
  fold(view.parts.use, view.parts.uses, false);
  view.parts.use.focus();
  view.ask(what);
}

/** Unfold what a button stands for, or fold it. */
function fold(/** @type {HTMLElement} */ button, /** @type {HTMLElement} */ what, open = what.hidden) {
  what.hidden = !open;
  button.setAttribute("aria-expanded", `${open}`);
}

/** Scrub by mouse, pen or finger. @param {View} view */
function drag(view) {
  const { line } = view.parts;
  const go = (/** @type {PointerEvent} */ event) => {
    const { left, width } = line.getBoundingClientRect();
    view.seek(Math.round(((event.clientX - left) / width) * (view.clip.frames - 1)));
  };
  line.onpointerdown = (event) => {
    if (event.button === 0) {
      line.setPointerCapture(event.pointerId);
      go(event);
    }
  };
  line.onpointermove = (event) => line.hasPointerCapture(event.pointerId) && go(event);
}

/** @type {Record<string, (view: View) => void>} */
const KEYS = {
  " ": (view) => view.toggle(),
  k: (view) => view.stop(),
  j: (view) => view.rewind(),
  l: (view) => (view.playing ? view.pace(1) : view.play()),
  Home: (view) => view.seek(0),
  End: (view) => view.seek(view.clip.frames - 1),
  i: (view) => view.mark(0),
  o: (view) => view.mark(1),
  x: (view) => view.set({ marks: [null, null] }),
  p: (view) => view.set({ loop: !view.model.get("loop") }),
  m: (view) => view.parts.sound.click(),
  f: (view) => view.large(),
  "?": (view) => fold(view.parts.ask, view.parts.keys),
  "[": (view) => view.pace(-1),
  "<": (view) => view.pace(-1),
  "]": (view) => view.pace(1),
  ">": (view) => view.pace(1),
  Escape: (view) => escape(view),
};

/** Keys that go some way: frames, or seconds with Shift. */
const WAYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
const LEAPS = { PageDown: -1, PageUp: 1 };

/**
 * Keys in the player are the player's own; the page would take plain ones as its commands.
 * @param {View} view @param {KeyboardEvent} event
 */
function press(view, event) {
  const { key } = event;
  const [target] = event.composedPath();
  const other = event.getModifierState("AltGraph"); // How "[" is typed on many keyboards.
  const modified = !other && (event.ctrlKey || event.metaKey || event.altKey);
  if (modified || (event.shiftKey && key === "Enter")) {
    return;
  }
  const open = !view.parts.keys.hidden || !view.parts.uses.hidden;
  if (key === "Escape" && !open) {
    return;
  }
  event.stopPropagation();
  const native = target.matches("select") || (target.matches("button") && (key === " " || key === "Enter"));
  const act = native ? null : action(view, key, event.shiftKey);
  if (act) {
    event.preventDefault();
    act(view);
  }
}

/** @param {View} view @param {string} key @param {boolean} shift */
function action(view, key, shift) {
  const second = Math.round(view.clip.fps);
  if (key in WAYS) {
    return () => view.seek(view.frame + WAYS[key] * (shift ? second : 1));
  }
  if (key in LEAPS) {
    return () => view.seek(view.frame + LEAPS[key] * second);
  }
  return KEYS[key.length === 1 ? key.toLowerCase() : key];
}

/** Fold what is unfolded; the keyboard's place stays. @param {View} view */
function escape(view) {
  const { ask, keys, use, uses } = view.parts;
  for (const [button, what] of [[ask, keys], [use, uses]]) {
    if (!what.hidden && what.contains(document.activeElement)) {
      button.focus();
    }
    fold(button, what, false);
  }
}

export default () => {
  const film = new Film();
  return {
    /** @param {{ model: Model }} context */
    initialize({ model }) {
      film.attach(model);
      return () => film.detach();
    },

    /** @param {{ model: Model, el: HTMLElement }} context */
    render({ model, el }) {
      const view = new View(model, film, el);
      film.views.add(view);
      return () => {
        film.views.delete(view);
        view.close();
      };
    },
  };
};
