/**
 * The cells of a sweep with their films in step; contact_sheet.py has the other end.
 *
 * Films are fetched when they are first to be played, and only those in sight hold a decoder: a
 * sheet may have sixty.
 *
 * @typedef {{ key: string, label: [string, string][] }} Cell
 * @typedef {{ phase: string, progress: number | null, message: string, kept: boolean,
 *   film: { fps: number, seconds: number, width: number, height: number, sound: boolean } | null
 *   }} Now
 */

const WORDS = {
  waiting: "Not sent yet",
  sending: "Sending",
  uploading: "Uploading",
  queued: "In the queue",
  running: "Running",
  fetching: "Fetching the clip",
  finished: "",
  failed: "Failed",
  cancelled: "Cancelled",
  removed: "Taken out of the gallery",
};
const ENDED = ["failed", "cancelled", "removed"];

/** One cell on one page. */
class Card {
  /** @type {Film | null} */ film = null;
  inSight = false;
  loading = false;
  asked = false;

  /** @param {Sheet} sheet @param {Cell} cell */
  constructor(sheet, { key, label }) {
    Object.assign(this, { sheet, key });
    const title = label.map(([, text]) => text).join(", ") || "the only cell";
    this.video = make("video", { muted: true, playsInline: true, preload: "auto", tabIndex: -1 });
    this.video.setAttribute("aria-label", title);
    this.state = make("div", { className: "ltx-cell-state" });
    this.bar = make("div");
    this.track = make("div", { className: "ltx-track", hidden: true }, this.bar);
    this.track.setAttribute("role", "progressbar");
    this.track.setAttribute("aria-label", `Progress of ${title}`);
    this.larger = button("Larger", () => this.enlarge());
    this.sound = button("Sound", () => this.hear());
    this.keep = button("Keep this one", () => this.say("keep", { kept: !this.now.kept }));
    this.use = button("Use these settings", () => this.say("use"));
    this.retry = button("Retry", () => this.say("retry"));
    this.buttons = [this.larger, this.sound, this.keep, this.use, this.retry];
    this.buttons.forEach((one) => one.setAttribute("aria-label", `${one.textContent}: ${title}`));
    const names = label.flatMap(([name, text]) => [
      make("dt", { textContent: name }),
      make("dd", { textContent: text, title: text }),
    ]);
    this.root = make(
      "figure",
      { className: "ltx-cell" },
      make("div", { className: "ltx-screen" }, this.video),
      make("dl", {}, ...names),
      this.track,
      this.state,
      make("div", { className: "ltx-cell-acts" }, ...this.buttons),
    );
    this.root.dataset.key = key;
  }

  /** @returns {Now} */
  get now() {
    return this.sheet.model.get("now")[this.sheet.cards.indexOf(this)];
  }

  /** @param {string} kind @param {object} [more] */
  say(kind, more = {}) {
    this.sheet.model.send({ kind, key: this.key, ...more });
  }

  paint() {
    const { phase, progress, message, kept, film } = this.now;
    const busy = !["waiting", "finished", ...ENDED].includes(phase);
    const percent = Math.round(100 * (progress ?? 0));
    const words = phase === "finished" ? (kept ? "Kept" : "") : WORDS[phase];
    const text = busy && progress !== null ? `${words}, ${percent} %` : words;
    this.state.textContent = message ? `${text}: ${message}` : text;
    this.state.classList.toggle("ltx-bad", phase === "failed");
    this.track.hidden = !busy;
    this.track.setAttribute("aria-valuenow", `${percent}`);
    this.bar.style.width = `${percent}%`;
    this.root.classList.toggle("ltx-kept", kept);
    this.root.classList.toggle("ltx-busy", busy);
    this.larger.hidden = this.keep.hidden = film === null;
    this.sound.hidden = !film?.sound;
    this.use.hidden = busy;
    this.retry.hidden = !ENDED.includes(phase);
    this.keep.setAttribute("aria-pressed", `${kept}`);
    this.sound.setAttribute("aria-pressed", `${this.film !== null && this.sheet.step.heard === this.film}`);
    if (film) {
      this.root.style.setProperty("--shape", `${film.width} / ${film.height}`);
      this.poster();
    } else if (this.asked) {
      this.release();
      this.video.removeAttribute("poster");
      this.asked = false;
      // Made anew it is another file of the same name.
      this.sheet.feed.drop(`still/${this.key}`);
      this.sheet.feed.drop(`film/${this.key}`);
    }
  }

  async poster() {
    if (this.inSight && this.now.film && !this.asked) {
      this.asked = true;
      this.video.poster = await this.sheet.feed.fetch(`still/${this.key}`).catch(() => "");
    }
  }

  /** Its film, ready to be played with the others. */
  async load() {
    const { film: facts } = this.now;
    if (this.film || this.loading || !facts || !this.inSight) {
      return;
    }
    this.loading = true;
    try {
      const url = await this.sheet.feed.fetch(`film/${this.key}`);
      if (this.inSight && this.now.film && !this.sheet.closed) {
        this.film = this.sheet.step.add(this.video, facts);
        const there = new Promise((done) => {
          // "emptied" is what release() brings.
          for (const event of ["loadeddata", "error", "emptied"]) {
            this.video.addEventListener(event, done, { once: true });
          }
        });
        this.video.src = url;
        await there;
      }
    } catch (error) {
      this.state.textContent = `It cannot be played: ${error.message}`;
    }
    this.loading = false;
  }

  /** Let go of its decoder; the picture stays. */
  release() {
    if (this.film) {
      this.sheet.step.remove(this.film);
      this.film = null;
      this.video.removeAttribute("src");
      this.video.load();
    }
  }

  /** @param {boolean} inSight */
  show(inSight) {
    this.inSight = inSight;
    this.poster();
    if (!inSight) {
      this.release();
    } else if (this.sheet.wanted) {
      this.load();
    }
  }

  enlarge() {
    const large = this.root.classList.toggle("ltx-large");
    this.larger.textContent = large ? "Smaller" : "Larger";
  }

  async hear() {
    await this.load();
    const { step } = this.sheet;
    step.hear(step.heard === this.film ? null : this.film);
    this.sheet.paint();
  }
}

/** The sheet on one page. */
class Sheet {
  wanted = false;
  closed = false;

  /** @param {Model} model @param {Feed} feed @param {HTMLElement} root */
  constructor(model, feed, root) {
    Object.assign(this, { model, feed, root });
    this.step = new Step(() => this.controls.paint());
    this.controls = transport(this.step);
    this.controls.play.onclick = () => this.play();
    this.status = make("div", { className: "ltx-sheet-status" });
    this.status.setAttribute("role", "status");
    this.start = button("", () => model.send({ kind: "start" }), { className: "mod-primary" });
    this.cancel = button("Cancel", () => model.send({ kind: "cancel" }));
    this.retry = button("Retry all that failed", () => model.send({ kind: "retry" }));
    this.remove = button("Take out all others", () => model.send({ kind: "remove" }), {
      title: "Move the clips that are not kept to the bin, where they stay for 30 days",
    });
    this.grid = make("div", { className: "ltx-grid" });
    this.eye = new IntersectionObserver((seen) => this.look(seen), { rootMargin: "100px" });
    root.classList.add("ltx-instep", "ltx-sheet");
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", "Sweep");
    root.append(
      make("div", { className: "ltx-head" }, this.status, this.start, this.cancel, this.retry, this.remove),
      this.controls.bar,
      this.grid,
    );
    this.freeKeys = ownKeys(root);
    this.build();
    this.heard = { "change:cells": this.build, "change:now": this.paint, "change:words": this.paint };
    Object.entries(this.heard).forEach(([event, hear]) => model.on(event, hear));
  }

  close() {
    this.closed = true;
    this.freeKeys();
    Object.entries(this.heard).forEach(([event, hear]) => this.model.off(event, hear));
    this.step.halt();
    this.eye.disconnect();
    this.cards.forEach((card) => card.release());
  }

  build = () => {
    this.cards?.forEach((card) => card.release());
    this.cards = this.model.get("cells").map((/** @type {Cell} */ cell) => new Card(this, cell));
    this.grid.replaceChildren(...this.cards.map((card) => card.root));
    this.eye.disconnect();
    this.cards.forEach((card) => this.eye.observe(card.root));
    this.paint();
  };

  paint = () => {
    const { status, start, cancel, retry, remove } = this.model.get("words");
    const now = this.model.get("now");
    if (this.status.textContent !== status) {
      this.status.textContent = status;
    }
    this.start.textContent = start;
    // A button that has the focus must not take it along when it goes.
    const going = [[this.start, start], [this.cancel, cancel], [this.retry, retry], [this.remove, remove]];
    const lost = going.some(([one, wanted]) => !wanted && one === document.activeElement);
    going.forEach(([one, wanted]) => (one.hidden = !wanted));
    this.controls.bar.hidden = !now.some(({ film }) => film);
    if (lost) {
      (going.find(([, wanted]) => wanted)?.[0] ?? this.controls.play).focus();
    }
    this.cards.forEach((card) => card.paint());
    this.controls.paint();
  };

  /** @param {IntersectionObserverEntry[]} seen */
  look(seen) {
    for (const { target, isIntersecting } of seen) {
      this.cards.find(({ root }) => root === target)?.show(isIntersecting);
    }
  }

  async play() {
    if (this.step.playing) {
      this.step.pause();
      return;
    }
    if (this.getting) {
      return;
    }
    this.wanted = this.getting = true;
    const inSight = this.cards.filter((card) => card.inSight && card.now.film);
    let there = 0;
    const tell = () => {
      this.controls.play.textContent = `Getting the films: ${there} of ${inSight.length}`;
    };
    // Not disabled: the button has the focus, which would be lost.
    this.controls.play.setAttribute("aria-disabled", "true");
    tell();
    await Promise.all(inSight.map((card) => card.load().then(() => ((there += 1), tell()))));
    this.getting = false;
    this.controls.play.removeAttribute("aria-disabled");
    if (!this.closed) {
      this.step.play();
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
      const sheet = new Sheet(model, feed, el);
      return () => sheet.close();
    },
  };
};
