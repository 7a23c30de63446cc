/**
 * Draws a medium with a section on it, and lets its edges be moved; section_picker.py has the
 * state and the messages. Limits come from there; here they are only kept.
 *
 * @typedef {{ get(name: string): any, send(content: object): void,
 *   on(name: string, heard: Function): void, off(name: string, heard: Function): void }} Model
 * @typedef {"start" | "end" | "both"} Edge
 */

const SEND_EVERY_MS = 80;
const SILENCE_MS = 3_000;
/** An addition takes at most this share of the width; its number is written into it. */
const MOST_ADDED = 0.4;
const FILM = 48;
const WAVE = { beside: 26, alone: 64 };
const STATE = [
  "section", "limits", "span", "said", "length_s", "step_s", "pinned", "title", "noun", "typed",
  "added_s",
];

const clamp = (/** @type {number} */ at, /** @type {number} */ low, /** @type {number} */ high) =>
  Math.max(low, Math.min(at, high));

/** @param {number} s */
const rounded = (s) => Math.round(s * 1000) / 1000;

/** @param {number} seconds */
const say = (seconds) => seconds.toFixed(2).replace(/^-0\.00$/, "0.00");

/** What is chosen on a model: shared by its views, and ahead of the kernel. */
class Choice {
  /** @type {[number, number] | null} */ held = null;
  /** @type {{ start: number, end: number, done: boolean } | null} */ next = null;
  /** @type {Set<() => void>} */ views = new Set();
  note = "";
  dragging = false;
  typing = false;
  serial = 0;
  flying = false;
  timer = 0;

  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    model.on("msg:custom", this.hear);
    STATE.forEach((name) => model.on(`change:${name}`, this.show));
  }

  detach() {
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.hear);
    STATE.forEach((name) => this.model.off(`change:${name}`, this.show));
  }

  /** @returns {[number, number]} */
  get section() {
    return this.held ?? this.model.get("section");
  }

  /** @param {Edge} edge @returns {[[number, string], [number, string]] | undefined} */
  limits(edge) {
    return this.model.get("limits")[edge];
  }

  /** Where an edge is. @param {Edge} edge */
  place(edge) {
    return this.section[edge === "end" ? 1 : 0];
  }

  /**
   * Put an edge as near to a time as it may go, and say what holds it.
   * @param {Edge} edge @param {number} to @param {boolean} done
   */
  move(edge, to, done) {
    const limits = this.limits(edge);
    if (!limits) {
      return;
    }
    const [[low, whyLow], [high, whyHigh]] = limits;
    const step = this.model.get("step_s");
    // A limit need not lie on a frame.
    const snapped = to > low && to < high ? Math.round(to / step) * step : to;
    const at = rounded(clamp(snapped, low, high));
    this.note = to < low - step / 2 ? whyLow : to > high + step / 2 ? whyHigh : "";
    const [start, end] = this.section;
    if (edge === "both") {
      this.pick(at, rounded(at + end - start), done);
    } else {
      this.pick(edge === "start" ? at : start, edge === "end" ? at : end, done);
    }
  }

  /** @param {number} start @param {number} end @param {boolean} done */
  pick(start, end, done) {
    this.held = [start, end];
    this.dragging = !done;
    this.next = { start, end, done };
    this.pump();
    this.show();
  }

  /** One message is under way at a time; only the newest waits. */
  pump() {
    if (this.flying || !this.next) {
      return;
    }
    this.flying = true;
    this.serial += 1;
    this.model.send({ kind: "pick", serial: this.serial, ...this.next });
    this.next = null;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.land, SILENCE_MS);
  }

  land = () => {
    this.flying = false;
    this.pump();
  };

  /** @param {{ kind: string, serial: number }} said */
  hear = (said) => {
    if (said.kind !== "taken" || said.serial !== this.serial) {
      return;
    }
    clearTimeout(this.timer);
    if (!this.next && !this.dragging) {
      this.held = null;
    }
    this.timer = setTimeout(this.land, SEND_EVERY_MS);
    this.show();
  };

  /** @param {string} note */
  say(note) {
    this.note = note;
    this.show();
  }

  show = () => this.views.forEach((view) => view());
}

/** @param {string} tag @param {string} name @param {object} [properties] */
const make = (tag, name, properties) =>
  Object.assign(document.createElement(tag), { className: name, ...properties });

/** @param {Edge} edge */
function slider(edge) {
  const name = edge === "both" ? "ltx-section-body" : `ltx-section-edge ltx-${edge}`;
  const part = make("div", name, { tabIndex: 0 });
  part.setAttribute("role", "slider");
  return part;
}

/** @param {string} text */
function field(text) {
  const input = make("input", "", { type: "text", inputMode: "decimal", autocomplete: "off" });
  input.setAttribute("aria-label", `${text}, in seconds`);
  const label = make("label", "");
  label.append(text, input, "s");
  return { label, input };
}

/** The parts on the page; only text is ever put into them. */
function build() {
  const parts = {
    title: make("div", "ltx-section-title"),
    track: make("div", "ltx-section-track"),
    medium: make("div", "ltx-section-medium"),
    film: make("canvas", ""),
    wave: document.createElementNS("http://www.w3.org/2000/svg", "svg"),
    veils: [0, 1].map(() => make("div", "ltx-section-veil")),
    barred: [0, 1].map(() => make("div", "ltx-section-veil ltx-barred")),
    added: make("div", "ltx-section-added"),
    both: slider("both"),
    start: slider("start"),
    end: slider("end"),
    numbers: make("div", "ltx-section-numbers"),
    fields: { start: field("Start"), end: field("End"), length: field("Length") },
    told: make("span", "ltx-section-told"),
    note: make("div", "ltx-section-note"),
  };
  parts.note.setAttribute("role", "status");
  for (const part of [parts.film, parts.wave, ...parts.veils, ...parts.barred]) {
    part.setAttribute("aria-hidden", "true");
  }
  parts.wave.setAttribute("preserveAspectRatio", "none");
  parts.medium.append(parts.film, parts.wave, ...parts.veils, ...parts.barred);
  parts.track.append(parts.medium, parts.added, parts.both, parts.start, parts.end);
  parts.numbers.append(...Object.values(parts.fields).map(({ label }) => label), parts.told);
  return parts;
}

/** Where the medium lies on the track, in shares of its width. @param {Model} model */
function layout(model) {
  const [length, added] = [model.get("length_s"), model.get("added_s")];
  const share = added > 0 ? Math.min(added / (added + length), MOST_ADDED) : 0;
  const from = model.get("pinned") === "start" ? share : 0;
  return { from, share, width: 1 - share, length };
}

/** @param {HTMLElement} part @param {number} from @param {number} to */
function span(part, from, to) {
  part.style.left = `${100 * from}%`;
  part.style.width = `${100 * Math.max(0, to - from)}%`;
}

/** @typedef {ReturnType<typeof build>} Parts */

/** @param {Parts} parts @param {Model} model @param {Choice} choice */
function paint(parts, model, choice) {
  const { from, share, width, length } = layout(model);
  const at = (/** @type {number} */ seconds) => from + (width * seconds) / length;
  const [start, end] = choice.section;
  const [first, last] = model.get("span");
  const pinned = model.get("pinned");
  span(parts.medium, from, from + width);
  span(parts.veils[0], 0, start / length);
  span(parts.veils[1], end / length, 1);
  span(parts.barred[0], 0, first / length);
  span(parts.barred[1], last / length, 1);
  span(parts.both, at(start), at(end));
  parts.both.classList.toggle("ltx-pinned", pinned !== "");
  parts.start.style.left = `${100 * at(start)}%`;
  parts.end.style.left = `${100 * at(end)}%`;
  span(parts.added, from ? 0 : width, from ? share : 1);
  parts.added.hidden = share === 0;
  parts.added.textContent = `+ ${Number(model.get("added_s").toFixed(2))} s`;
  for (const edge of EDGES) {
    describe(parts[edge], edge, model, choice);
  }
  paintNumbers(parts, model, choice);
}

/**
 * What a slider is to a screen reader.
 * @param {HTMLElement} part @param {Edge} edge @param {Model} model @param {Choice} choice
 */
function describe(part, edge, model, choice) {
  const limits = choice.limits(edge);
  if (!limits && edge === "both") {
    // The part between two edges of which one is pinned is only looked at.
    part.removeAttribute("role");
    part.removeAttribute("tabindex");
  }
  part.hidden = !limits && edge !== "both";
  if (!limits) {
    return;
  }
  const noun = model.get("noun");
  const [start, end] = choice.section;
  const at = choice.place(edge);
  const frame = model.get("film") ? `, frame ${Math.round(at / model.get("step_s"))}` : "";
  const text = edge === "both" ? `${say(start)} to ${say(end)} s` : `${say(at)} s${frame}`;
  const named = { start: `Start of the ${noun}`, end: `End of the ${noun}`, both: `Whole ${noun}` };
  part.setAttribute("aria-label", named[edge]);
  part.setAttribute("aria-valuemin", `${limits[0][0]}`);
  part.setAttribute("aria-valuemax", `${limits[1][0]}`);
  part.setAttribute("aria-valuenow", `${at}`);
  part.setAttribute("aria-valuetext", text);
}

/** @param {Parts} parts @param {Model} model @param {Choice} choice */
function paintNumbers(parts, model, choice) {
  const [start, end] = choice.section;
  const typed = model.get("typed");
  const values = { start, end, length: end - start };
  for (const [name, { label, input }] of Object.entries(parts.fields)) {
    label.hidden = !typed;
    if (input !== document.activeElement || !choice.typing) {
      input.value = say(values[name]);
    }
  }
  const whole = `of ${say(model.get("length_s"))} s`;
  const from = `${say(start)} to ${say(end)} s, ${say(end - start)} s long, ${whole}`;
  parts.told.textContent = typed ? whole : from;
  const note = choice.note ? `${choice.note[0].toUpperCase()}${choice.note.slice(1)}.` : "";
  parts.note.textContent = note || model.get("said");
}

/**
 * Small pictures side by side, as many as there is room for, each of its own time.
 * @param {HTMLCanvasElement} canvas @param {ImageBitmap | null} strip @param {number} pictures
 */
function paintFilm(canvas, strip, pictures) {
  const { clientWidth, clientHeight } = canvas;
  if (!strip || !clientWidth || !clientHeight) {
    return;
  }
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(clientWidth * scale);
  canvas.height = Math.round(clientHeight * scale);
  const wide = strip.width / pictures;
  const shown = Math.max(1, Math.round(clientWidth / (clientHeight * (wide / strip.height))));
  const pen = canvas.getContext("2d");
  for (let place = 0; place < shown; place += 1) {
    const picture = Math.min(pictures - 1, Math.floor(((place + 0.5) / shown) * pictures));
    const left = Math.round((place * canvas.width) / shown);
    const right = Math.round(((place + 1) * canvas.width) / shown);
    // As much of the picture's width as its place has the shape for, from its middle.
    const part = Math.min(wide, (strip.height * (right - left)) / canvas.height);
    const at = picture * wide + (wide - part) / 2;
    pen.drawImage(strip, at, 0, part, strip.height, left, 0, right - left, canvas.height);
  }
}

/** Peaks, and the loudness within them, mirrored. @param {Parts} parts @param {DataView} wave */
function paintWave(parts, wave) {
  const count = (wave?.byteLength ?? 0) / 2;
  parts.wave.setAttribute("viewBox", `0 -1 ${Math.max(1, count)} 2`);
  const paths = ["ltx-peaks", "ltx-loudness"].map((name, row) => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("class", name);
    const heights = Array.from({ length: count }, (_, bin) =>
      // A line where it is silent.
      Math.max(0.02, wave.getUint8(row * count + bin) / 255).toFixed(3),
    );
    const upper = heights.map((height, bin) => `L${bin} -${height}H${bin + 1}`).join("");
    const lower = heights.map((height, bin) => `L${bin + 1} ${height}H${bin}`).reverse().join("");
    path.setAttribute("d", count ? `M0 0${upper}${lower}Z` : "");
    return path;
  });
  parts.wave.replaceChildren(...paths);
}

/** How much room film and wave take. @param {Parts} parts @param {Model} model */
function shape(parts, model) {
  const film = model.get("film");
  const wave = model.get("wave")?.byteLength > 0;
  const below = wave || !film ? (film ? WAVE.beside : WAVE.alone) : 0;
  parts.track.style.setProperty("--ltx-film", `${film ? FILM : 0}px`);
  parts.track.style.setProperty("--ltx-height", `${(film ? FILM : 0) + below}px`);
}

const EDGES = /** @type {Edge[]} */ (["start", "end", "both"]);

/** @param {KeyboardEvent} event @param {number} step @param {number} at */
function target(event, step, at, low, high) {
  const by = event.shiftKey ? 1 : step;
  return {
    ArrowLeft: at - by, ArrowDown: at - by, ArrowRight: at + by, ArrowUp: at + by,
    PageDown: at - 1, PageUp: at + 1, Home: low, End: high,
  }[event.key];
}

/** @param {Parts} parts @param {Model} model @param {Choice} choice */
function listenToKeys(parts, model, choice) {
  for (const edge of EDGES) {
    parts[edge].onkeydown = (event) => {
      const limits = choice.limits(edge);
      if (!limits || event.ctrlKey || event.metaKey || event.altKey) {
        return;
      }
      const step = model.get("step_s");
      const to = target(event, step, choice.place(edge), limits[0][0], limits[1][0]);
      if (to !== undefined) {
        event.preventDefault();
        choice.move(edge, to, true);
      }
    };
  }
}

/** @param {Parts} parts @param {Model} model @param {Choice} choice */
function listenToHand(parts, model, choice) {
  /** @type {{ edge: Edge, off: number } | null} */
  let grip = null;
  const seconds = (/** @type {PointerEvent} */ event) => {
    const box = parts.medium.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * model.get("length_s");
  };
  const grasp = (/** @type {PointerEvent} */ event) => {
    const at = seconds(event);
    const own = EDGES.find((edge) => parts[edge] === event.target && choice.limits(edge));
    if (own) {
      return { edge: own, off: choice.place(own) - at };
    }
    // Elsewhere the nearer edge comes to the hand.
    const far = (/** @type {Edge} */ edge) => Math.abs(choice.place(edge) - at);
    const free = EDGES.filter((edge) => edge !== "both" && choice.limits(edge));
    return { edge: free.sort((a, b) => far(a) - far(b))[0], off: 0 };
  };
  parts.track.onpointerdown = (event) => {
    if (event.button !== 0) {
      return;
    }
    grip = grasp(event);
    parts.track.setPointerCapture(event.pointerId);
    parts[grip.edge].focus({ preventScroll: true });
    event.preventDefault();
    if (!grip.off && grip.edge !== "both") {
      choice.move(grip.edge, seconds(event), false);
    }
  };
  parts.track.onpointermove = (event) => {
    if (grip) {
      choice.move(grip.edge, seconds(event) + grip.off, false);
    }
  };
  parts.track.onpointerup = parts.track.onpointercancel = () => {
    if (grip) {
      grip = null;
      choice.pick(...choice.section, true);
    }
  };
}

/** @param {Parts} parts @param {Model} model @param {Choice} choice */
function listenToNumbers(parts, model, choice) {
  for (const [name, { input }] of Object.entries(parts.fields)) {
    input.oninput = () => {
      choice.typing = true;
    };
    input.onchange = () => {
      choice.typing = false;
      const given = Number(input.value.trim().replace(",", ".") || "none");
      const [start] = choice.section;
      if (Number.isFinite(given)) {
        choice.move(name === "start" ? "start" : "end", name === "length" ? start + given : given, true);
      } else {
        choice.say("type seconds, such as 2.5");
      }
    };
  }
}

export default () => {
  /** @type {Choice} */
  let choice;
  return {
    /** @param {{ model: Model }} context */
    initialize({ model }) {
      choice = new Choice(model);
      return () => choice.detach();
    },

    /** @param {{ model: Model, el: HTMLElement }} context */
    render({ model, el }) {
      const parts = build();
      /** @type {ImageBitmap | null} */
      let strip = null;
      const film = () => paintFilm(parts.film, strip, model.get("pictures"));
      const show = () => {
        parts.title.textContent = model.get("title");
        el.setAttribute("aria-label", model.get("title"));
        shape(parts, model);
        paint(parts, model, choice);
        film();
      };
      const load = async () => {
        const data = model.get("strip");
        paintWave(parts, model.get("wave"));
        strip = data?.byteLength
          ? await createImageBitmap(new Blob([data], { type: "image/jpeg" }))
          : null;
        show();
      };
      el.classList.add("ltx-section");
      el.setAttribute("role", "group");
      const release = ownKeys(el);
      el.append(parts.title, parts.track, parts.numbers, parts.note);
      listenToKeys(parts, model, choice);
      listenToHand(parts, model, choice);
      listenToNumbers(parts, model, choice);
      const watch = new ResizeObserver(film);
      watch.observe(parts.track);
      choice.views.add(show);
      model.on("change:strip", load);
      model.on("change:wave", load);
      show();
      load();
      return () => {
        release();
        watch.disconnect();
        choice.views.delete(show);
        model.off("change:strip", load);
        model.off("change:wave", load);
      };
    },
  };
};
