/**
 * Clips in step, side by side or one over the other; compare.py has the other end.
 *
 * @typedef {{ title: string, facts: string, fps: number, seconds: number, width: number,
 *   height: number, sound: boolean }} Facts
 */

const KEYS = "Space plays, ← and → go by frames (with Shift by seconds), Home and End, 1 to 9 choose the sound, 0 none";

/** One of the films on one page. */
class Pane {
  /** @type {Film | null} */ film = null;

  /** @param {Comparison} whole @param {Facts} facts @param {number} number */
  constructor(whole, facts, number) {
    Object.assign(this, { whole, facts, number });
    this.video = make("video", { muted: true, playsInline: true, preload: "auto", tabIndex: -1 });
    this.video.setAttribute("aria-label", `${number + 1}: ${facts.title}`);
    this.sound = button("Sound", () => whole.hear(this), { hidden: !facts.sound });
    this.sound.setAttribute("aria-label", `Sound of ${number + 1}: ${facts.title}`);
    this.held = make("span", { className: "ltx-held", hidden: true, textContent: "over: its last frame" });
    this.screen = make("div", { className: "ltx-screen" }, this.video, this.held);
    this.caption = make(
      "figcaption",
      {},
      make("strong", { textContent: `${number + 1} ` }),
      make("span", { className: "ltx-title", textContent: facts.title, title: facts.title }),
      make("span", { className: "ltx-quiet", textContent: facts.facts }),
      this.sound,
    );
    this.root = make("figure", { className: "ltx-pane" }, this.screen, this.caption);
  }

  async load() {
    const { feed, step } = this.whole;
    feed.fetch(`still/${this.number}`).then((url) => (this.video.poster = url), () => {});
    const url = await feed.fetch(`film/${this.number}`);
    if (!this.whole.closed) {
      this.film = step.add(this.video, this.facts);
      const there = new Promise((done, fail) => {
        this.video.addEventListener("loadeddata", done, { once: true });
        this.video.addEventListener("error", () => fail(new Error("this browser cannot play it")), { once: true });
      });
      this.video.src = url;
      await there;
    }
  }

  paint() {
    const { step } = this.whole;
    this.held.hidden = step.time < this.facts.seconds - 1e-3 || this.facts.seconds > step.end - 1e-3;
    this.sound.setAttribute("aria-pressed", `${this.film !== null && step.heard === this.film}`);
  }
}

/** All of them on one page. */
class Comparison {
  closed = false;
  line = 50;
  asked = false;

  /** @param {Model} model @param {Feed} feed @param {HTMLElement} root */
  constructor(model, feed, root) {
    Object.assign(this, { model, feed, root });
    this.step = new Step(() => this.paint());
    this.controls = transport(this.step);
    this.panes = model.get("films").map((/** @type {Facts} */ facts, /** @type {number} */ n) => new Pane(this, facts, n));
    this.note = make("div", { className: "ltx-quiet ltx-note", textContent: model.get("note") });
    this.said = make("div", { className: "ltx-note" });
    this.said.setAttribute("role", "status");
    this.build();
    this.eye = new IntersectionObserver((seen) => this.look(seen.some(({ isIntersecting }) => isIntersecting)));
    this.eye.observe(this.stage);
    this.turn = () => this.arrange();
    model.on("change:wipe", this.turn);
    this.arrange();
    this.paint();
  }

  build() {
    const { model, root, step, controls } = this;
    this.views = [false, true].map((wipe) =>
      button(wipe ? "Wipe" : "Side by side", () => {
        model.set("wipe", wipe);
        model.save_changes();
        this.arrange();
      }),
    );
    const views = make("div", { className: "ltx-views", hidden: this.panes.length !== 2 }, ...this.views);
    views.setAttribute("role", "group");
    views.setAttribute("aria-label", "View");
    const back = button("‹", () => step.step(-1), { title: "One frame back" });
    const on = button("›", () => step.step(1), { title: "One frame on" });
    back.setAttribute("aria-label", "One frame back");
    on.setAttribute("aria-label", "One frame on");
    controls.play.after(back, on);
    this.handle = make("div", { className: "ltx-line", tabIndex: 0 });
    this.handle.setAttribute("role", "slider");
    this.handle.setAttribute("aria-label", "Line between 1 and 2");
    this.handle.setAttribute("aria-valuemin", "0");
    this.handle.setAttribute("aria-valuemax", "100");
    this.handle.append(make("span"));
    this.stage = make("div", { className: "ltx-films", tabIndex: 0 }, ...this.panes.map((pane) => pane.root), this.handle);
    this.stage.setAttribute("role", "group");
    this.stage.setAttribute("aria-label", `The films. Keys: ${KEYS}`);
    const { width, height } = this.model.get("films").reduce((one, other) => (one.width / one.height >= other.width / other.height ? one : other));
    this.stage.style.setProperty("--shape", `${width} / ${height}`);
    root.classList.add("ltx-instep", "ltx-compare");
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", `Comparison of ${this.panes.length} clips`);
    const keys = make("div", { className: "ltx-quiet", textContent: `Keys on the films: ${KEYS}.` });
    root.append(views, this.stage, controls.bar, this.said, this.note, keys);
    this.freeKeys = ownKeys(root);
    root.addEventListener("keydown", (event) => this.press(event));
    this.stage.addEventListener("pointerdown", (event) => this.drag(event));
    this.stage.addEventListener("pointermove", (event) => event.buttons && this.stage.hasPointerCapture(event.pointerId) && this.move(event));
  }

  close() {
    this.closed = true;
    this.freeKeys();
    this.model.off("change:wipe", this.turn);
    this.step.halt();
    this.eye.disconnect();
    for (const { film, video } of this.panes) {
      if (film) {
        this.step.remove(film);
      }
      video.removeAttribute("src");
      video.load();
    }
  }

  get wiping() {
    return this.panes.length === 2 && this.model.get("wipe");
  }

  arrange() {
    this.stage.classList.toggle("ltx-wiped", this.wiping);
    this.stage.style.setProperty("--line", `${this.line}%`);
    this.handle.hidden = !this.wiping;
    this.handle.setAttribute("aria-valuenow", `${Math.round(this.line)}`);
    this.handle.setAttribute("aria-valuetext", `${Math.round(this.line)} % of the width shows 1`);
    this.views.forEach((one, wipe) => one.setAttribute("aria-pressed", `${Boolean(wipe) === this.wiping}`));
  }

  /** Films are fetched when they come into sight: a notebook may hold many. @param {boolean} inSight */
  async look(inSight) {
    if (!inSight) {
      this.step.pause();
      return;
    }
    if (this.asked) {
      return;
    }
    this.asked = true;
    let there = 0;
    let wrong = false;
    const tell = () => wrong || (this.said.textContent = `Getting the films: ${there} of ${this.panes.length}`);
    this.controls.play.disabled = true;
    tell();
    try {
      await Promise.all(this.panes.map((pane) => pane.load().then(() => ((there += 1), tell()))));
      this.said.textContent = "";
      this.controls.play.disabled = false;
    } catch (error) {
      wrong = true;
      this.said.textContent = `They cannot be compared: ${error.message}`;
      this.said.classList.add("ltx-bad");
    }
    this.paint();
  }

  paint() {
    this.controls.paint();
    this.panes.forEach((pane) => pane.paint());
  }

  /** @param {Pane} pane */
  hear({ film }) {
    this.step.hear(this.step.heard === film ? null : film);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (this.wiping && event.button === 0 && !event.target.closest("figcaption")) {
      this.stage.setPointerCapture(event.pointerId);
      this.move(event);
      this.handle.focus();
      event.preventDefault();
    }
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { left, width } = this.stage.getBoundingClientRect();
    this.wipe(((event.clientX - left) / width) * 100);
  }

  /** @param {number} line In percent of the width. */
  wipe(line) {
    this.line = Math.max(0, Math.min(100, line));
    this.arrange();
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const { target, key, shiftKey } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const far = shiftKey ? 10 : 1;
    const lines = { ArrowLeft: this.line - far, ArrowRight: this.line + far, Home: 0, End: 100 };
    const { step } = this;
    const acts = {
      " ": () => this.controls.play.disabled || this.controls.play.click(),
      ArrowLeft: () => (shiftKey ? step.seek(step.time - 1) : step.step(-1)),
      ArrowRight: () => (shiftKey ? step.seek(step.time + 1) : step.step(1)),
      Home: () => step.seek(0),
      End: () => step.seek(step.end),
    };
    const sound = /^[0-9]$/.test(key) && (() => this.choose(Number(key) - 1));
    if (target === this.handle && key in lines) {
      this.wipe(lines[key]);
    } else if ((target === this.stage || target === this.handle) && (acts[key] || sound)) {
      (acts[key] || sound)();
    } else {
      return;
    }
    event.preventDefault();
  }

  /** @param {number} number Of the film to hear; none for -1. */
  choose(number) {
    const pane = this.panes[number];
    if (number < 0 || (pane?.facts.sound && pane.film)) {
      this.step.hear(pane?.film ?? null);
    }
  }
}

export default () => {
  /** @type {Feed} */ let feed;
  return {
    /** @param {{ model: Model }} context */
    initialize({ model }) {
      feed = new Feed(model);
      return () => feed.detach();
    },

    /** @param {{ model: Model, el: HTMLElement }} context */
    render({ model, el }) {
      const comparison = new Comparison(model, feed, el);
      return () => comparison.close();
    },
  };
};
