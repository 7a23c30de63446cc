/**
 * A clip, frame by frame; player.py has the other end, feed.js fetches its film.
 *
 * Frame n of a clip is what is shown at (n + 0.5) / fps: the middle of its time, where no rounding
 * can reach a neighbour. What is wanted and what the picture shows are apart while a seek is under
 * way; keys only change what is wanted, so that a held key never waits for the decoder.
 */

const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];
const KEEP_MS = 250;
const SECOND_MS = 1000;

/** One player on the page. */
class View {
  frame = 0;
  aimed = -1;
  playing = false;
  ready = false;
  closed = false;
  url = "";
  keeping = 0;
  rewinding = 0;
  saving = "";

  /** @param {Model} model @param {Film} film @param {HTMLElement} root */
  constructor(model, film, root) {
    Object.assign(this, { model, film, root, parts: build(SPEEDS) });
    layOut(root, this.parts);
    this.video = this.parts.video;
    this.listen();
    this.change();
  }

  get clip() {
    return this.model.get("clip");
  }

  /** The first and last frame of the marked part; the clip's where there is no mark. */
  get span() {
    const [from, to] = this.model.get("marks");
    return [from ?? 0, to ?? this.clip.frames - 1];
  }

  get marked() {
    return this.model.get("marks").some((mark) => mark !== null);
  }

  listen() {
    const { video } = this;
    this.heard = {
      "change:poster": () => this.paint(),
      "change:frame": () => this.follow(),
      "change:marks": () => this.paint(),
      "change:loop": () => this.paint(),
      "change:speed": () => this.paint(),
      "change:note": () => this.say(this.model.get("note")),
    };
    Object.entries(this.heard).forEach(([event, hear]) => this.model.on(event, hear));
    video.onloadedmetadata = () => this.start();
    video.onseeked = () => this.settle();
    video.onended = () => this.end();
    // By a media key, or because the page put it away.
    video.onpause = () => this.playing && this.ready && video.paused && !video.ended && this.stop();
    video.onerror = () => video.getAttribute("src") && this.say({ text: this.film.refuse(), wrong: true });
    // Before any other: Notebook hears keys on their way down, JupyterLab on their way up.
    this.key = (/** @type {KeyboardEvent} */ event) => event.composedPath().includes(this.root) && press(this, event);
    window.addEventListener("keydown", this.key, true);
    operate(this);
    // A film is fetched when its player comes into sight: a notebook may hold many.
    this.eye = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.film.want());
    this.eye.observe(this.parts.stage);
  }

  close() {
    this.closed = true;
    this.halt();
    clearTimeout(this.keeping);
    this.eye.disconnect();
    window.removeEventListener("keydown", this.key, true);
    Object.entries(this.heard).forEach(([event, hear]) => this.model.off(event, hear));
    // Or its decoder would stay until the page is collected.
    this.video.onerror = null;
    this.video.removeAttribute("src");
    this.video.load();
  }

  /** The model has another clip. */
  change() {
    const { title, width, height, frames, sound, small } = this.clip;
    this.halt();
    this.parts.still.width = 0;
    Object.assign(this, { frame: this.model.get("frame"), saving: "" });
    this.root.setAttribute("aria-label", `Clip: ${title}`);
    this.parts.stage.style.aspectRatio = `${width} / ${height}`;
    this.parts.line.setAttribute("aria-valuemax", `${frames - 1}`);
    this.parts.sound.hidden = !sound;
    this.parts.full.hidden = !small;
    this.say(this.model.get("note"));
    this.load();
    // What is in sight already comes into sight no second time.
    this.eye.unobserve(this.parts.stage);
    this.eye.observe(this.parts.stage);
  }

  /** Show what the film is now; the picture that was there stays until then. */
  load() {
    const { video, film } = this;
    if (film.url === this.url) {
      return;
    }
    if (this.ready && film.url) {
      const { still } = this.parts;
      Object.assign(still, { width: video.videoWidth, height: video.videoHeight });
      still.getContext("2d").drawImage(video, 0, 0);
    }
    Object.assign(this, { url: film.url, ready: false, aimed: -1 });
    if (film.url) {
      video.src = film.url;
    } else {
      video.removeAttribute("src");
    }
    video.load();
    this.paint();
  }

  start() {
    this.ready = true;
    this.watch();
    this.settle();
    if (this.playing) {
      this.run();
    }
    this.paint();
  }

  run() {
    // A page may refuse to play what nobody clicked; a newer wish ends an older one.
    this.video.play().catch((error) => error.name === "NotAllowedError" && this.stop());
  }

  /** Hear of each frame that is shown; where a browser tells none, look at the clock. */
  watch() {
    const { video, url } = this;
    const next = video.requestVideoFrameCallback
      ? (/** @type {Function} */ see) => video.requestVideoFrameCallback((_, { mediaTime }) => see(mediaTime + 0.5 / this.clip.fps))
      : (/** @type {Function} */ see) => requestAnimationFrame(() => see(video.currentTime));
    const see = (/** @type {number} */ time) => {
      if (this.url !== url || this.closed) {
        return;
      }
      if (this.playing && !video.seeking) {
        this.pass(Math.floor(time * this.clip.fps + 1e-3));
      }
      next(see);
    };
    next(see);
  }

  /** The film has come to a frame by itself. @param {number} frame */
  pass(frame) {
    const [from, to] = this.span;
    this.frame = Math.min(frame, this.clip.frames - 1);
    this.paint();
    if (this.model.get("loop") && this.marked && (frame >= to || frame < from)) {
      // The last frame has its time, too.
      const left = frame === to ? (0.5 * SECOND_MS) / this.clip.fps / this.model.get("speed") : 0;
      setTimeout(() => this.playing && this.jump(from), left);
    }
  }

  end() {
    if (!this.playing) {
      return;
    }
    if (this.model.get("loop")) {
      this.jump(this.span[0]);
      this.run();
    } else {
      this.seek(this.clip.frames - 1);
    }
  }

  /** Show a frame, and stop there. @param {number} frame */
  seek(frame) {
    this.halt();
    this.jump(frame);
    this.keep();
  }

  /** @param {number} frame */
  jump(frame) {
    this.frame = Math.max(0, Math.min(this.clip.frames - 1, frame));
    this.aimed = -1;
    this.settle();
    this.paint();
  }

  /** Seek to what is wanted, one seek at a time. */
  settle() {
    if (!this.ready || this.video.seeking || this.aimed === this.frame) {
      return;
    }
    if (this.playing && this.aimed !== -1) {
      return; // It runs on by itself.
    }
    this.aimed = this.frame;
    this.video.currentTime = (this.frame + 0.5) / this.clip.fps;
  }

  play() {
    const [from, to] = this.model.get("loop") ? this.span : [0, this.clip.frames - 1];
    this.halt();
    this.playing = true;
    this.jump(this.frame >= to || this.frame < from ? from : this.frame);
    this.film.want();
    if (this.ready) {
      this.run();
    }
  }

  /** Backwards, which no browser plays: frame after frame, by the clock. */
  rewind() {
    const faster = this.rewinding ? 2 * this.rate : this.model.get("speed");
    this.halt();
    const [from, at, fps] = [this.frame, performance.now(), this.clip.fps];
    this.rate = Math.min(faster, 8);
    const step = (/** @type {number} */ now) => {
      this.rewinding = this.frame > 0 ? requestAnimationFrame(step) : 0;
      const gone = Math.floor(((Math.max(0, now - at) / SECOND_MS) * fps * this.rate));
      if (this.frame !== Math.max(0, from - gone)) {
        this.jump(from - gone);
      }
      if (!this.rewinding) {
        this.keep();
        this.paint(); // The button says Play again.
      }
    };
    this.rewinding = requestAnimationFrame(step);
    this.paint();
  }

  /** No more motion; the frame that was seen last is the one. */
  stop() {
    this.seek(this.frame);
  }

  halt() {
    cancelAnimationFrame(this.rewinding);
    Object.assign(this, { rewinding: 0, playing: false });
    this.video.pause();
  }

  toggle() {
    if (this.playing || this.rewinding) {
      this.stop();
    } else {
      this.play();
    }
  }

  /** Tell the model where it stands, a few times a second at most. */
  keep() {
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.set({ frame: this.frame }), KEEP_MS);
  }

  /** Python, or another view, went to a frame. */
  follow() {
    const frame = this.model.get("frame");
    if (frame !== this.frame) {
      clearTimeout(this.keeping);
      this.halt();
      this.jump(frame);
    }
  }

  /** @param {object} values */
  set(values) {
    Object.entries(values).forEach(([name, value]) => this.model.set(name, value));
    this.model.save_changes();
  }

  /** Mark the first or last frame; a mark on the wrong side of the other takes that away. */
  mark(/** @type {0 | 1} */ which) {
    const marks = [...this.model.get("marks")];
    marks[which] = this.frame;
    if (marks[0] !== null && marks[1] !== null && marks[0] > marks[1]) {
      marks[1 - which] = null;
    }
    this.set({ marks, frame: this.frame });
  }

  /** @param {number} step */
  pace(step) {
    const at = SPEEDS.indexOf(this.model.get("speed"));
    const speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, (at < 0 ? 3 : at) + step))];
    this.set({ speed });
  }

  /** Ask Python to do something with what is seen; a message may overtake a trait. */
  ask(/** @type {string} */ what) {
    if (this.playing || this.rewinding) {
      this.stop();
    }
    clearTimeout(this.keeping);
    const { frame } = this;
    this.set({ frame });
    this.model.send({ kind: "do", what, serial: this.clip.serial, frame, marks: this.model.get("marks") });
  }

  async save() {
    if (this.saving) {
      return;
    }
    const { serial, file } = this.clip;
    const name = `${serial}/full`;
    this.saving = "Saving …";
    this.paint();
    try {
      const told = (/** @type {number} */ part) => {
        this.saving = `Saving ${Math.round(100 * part)} %`;
        this.paint();
      };
      const href = await this.film.feed.fetch(name, told);
      make("a", { href, download: file }).click();
    } catch (error) {
      this.say({ text: `It cannot be saved: ${error.message}`, wrong: true });
    }
    this.saving = "";
    this.paint();
  }

  large() {
    if (document.fullscreenElement === this.root) {
      document.exitFullscreen();
    } else {
      const refused = () => this.say({ text: "This page does not allow full screen.", wrong: true });
      this.root.requestFullscreen?.().catch(refused) ?? refused();
    }
  }

  /** @param {{ text?: string, wrong?: boolean }} note */
  say({ text = "", wrong = false }) {
    this.parts.note.textContent = text;
    this.parts.note.classList.toggle("ltx-bad", wrong);
  }

  paint() {
    paint(this);
  }
}
