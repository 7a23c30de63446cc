/**
 * Films in step: one time for all of them.
 *
 * One film leads, the one that is heard or else the longest in sight, and its time is the time. The
 * others follow it by a little more or less speed, and by a seek where they are far off. Standing
 * still, each shows the frame of exactly that time; one that is over holds its last frame.
 *
 * @typedef {{ video: HTMLVideoElement, fps: number, seconds: number,
 *   aimed: number, at: number, speed: number }} Film
 */

const FAR_S = 0.25;
const CLOSE_S = 0.004;
// How much of what they are apart is made up for in a second, and the most that speed may change.
const HASTE = 5;
const MOST_HASTE = 0.3;
const READY_MS = 4000;

class Step {
  /** @type {Set<Film>} */ films = new Set();
  /** @type {Film | null} */ heard = null;
  playing = false;
  loop = true;
  speed = 1;
  time = 0;
  frame = 0;
  turn = 0;

  /** @param {() => void} tell Called when the time or the state changed. */
  constructor(tell) {
    this.tell = tell;
  }

  /** @param {HTMLVideoElement} video @param {{ fps: number, seconds: number }} facts */
  add(video, { fps, seconds }) {
    const film = { video, fps, seconds, aimed: -1, at: -1, speed: 0 };
    video.muted = true;
    video.onseeked = () => this.aim(film, film.aimed);
    video.onloadeddata = () => {
      film.at = -1;
      this.aim(film, this.playing ? -1 : this.time);
    };
    this.films.add(film);
    return film;
  }

  /** @param {Film} film */
  remove(film) {
    film.video.pause();
    film.video.onseeked = film.video.onloadeddata = null;
    this.films.delete(film);
    this.heard = this.heard === film ? null : this.heard;
  }

  /** The length of the longest, in seconds. */
  get end() {
    return Math.max(0, ...[...this.films].map(({ seconds }) => seconds));
  }

  /** Those that can be seen, with a picture of theirs. @returns {Film[]} */
  get seen() {
    return [...this.films].filter(({ video }) => video.readyState >= 1);
  }

  /** @returns {Film | undefined} */
  get leader() {
    const { seen, heard } = this;
    const going = (/** @type {Film} */ film) => !film.video.ended && this.time < last(film);
    if (heard && seen.includes(heard) && going(heard)) {
      return heard;
    }
    return seen.sort((one, other) => other.seconds - one.seconds)[0];
  }

  /** Move all to a time, exactly. @param {number} time In seconds. */
  seek(time) {
    const was = this.playing;
    this.halt();
    this.time = Math.max(0, Math.min(time, this.end));
    this.films.forEach((film) => this.aim(film, this.time));
    this.tell();
    if (was) {
      this.play();
    }
  }

  /** By so many frames of the film that has the most of them. @param {number} frames */
  step(frames) {
    this.pause();
    const fps = Math.max(...this.seen.map((film) => film.fps), 1);
    const all = Math.round(this.end * fps);
    const at = Math.min(Math.floor(this.time * fps + 1e-6), all - 1) + frames;
    this.seek((Math.max(0, Math.min(at, all - 1)) + 0.5) / fps);
  }

  /** Starts when every film in sight is there and in its place. */
  async play() {
    const turn = ++this.turn;
    this.playing = true;
    if (this.time >= this.end - 1e-3 || (this.leader && this.time >= last(this.leader))) {
      this.time = 0;
    }
    this.tell();
    this.seen.forEach((film) => this.aim(film, this.time));
    await Promise.all(this.seen.map(({ video }) => settled(video)));
    if (turn !== this.turn) {
      return;
    }
    this.seen.forEach((film) => this.run(film));
    this.frame = requestAnimationFrame(this.look);
  }

  pause() {
    if (this.playing) {
      const { leader } = this;
      const fps = leader ? leader.fps : 25;
      const frame = Math.floor((leader && leader.video.readyState ? leader.video.currentTime : this.time) * fps + 1e-6);
      this.halt();
      this.seek((frame + 0.5) / fps);
    }
  }

  halt() {
    this.turn += 1;
    this.playing = false;
    cancelAnimationFrame(this.frame);
    this.films.forEach(({ video }) => video.pause());
  }

  /** @param {number} speed */
  go(speed) {
    this.speed = speed;
    this.films.forEach((film) => this.pace(film, speed));
    this.tell();
  }

  /** The one film that is heard, or none. @param {Film | null} film */
  hear(film) {
    this.heard = film;
    this.films.forEach((one) => {
      one.video.muted = one !== film;
    });
    this.tell();
  }

  // What follows is its own.

  look = () => {
    const { leader } = this;
    if (leader) {
      this.time = leader.video.seeking ? this.time : leader.video.currentTime;
      if (leader.video.ended || this.time >= leader.seconds - 1e-3) {
        this.finish();
        return;
      }
      this.seen.forEach((film) => (film === leader ? this.lead(film) : this.follow(film)));
    }
    this.tell();
    this.frame = requestAnimationFrame(this.look);
  };

  finish() {
    this.halt();
    if (this.loop) {
      this.time = 0;
      this.play();
    } else {
      this.seek(this.end);
    }
  }

  /** @param {Film} film */
  lead(film) {
    this.pace(film, this.speed);
    if (film.video.paused) {
      this.run(film);
    }
  }

  /** @param {Film} film */
  follow(film) {
    const { video } = film;
    if (this.time >= last(film)) {
      return; // It comes to its end by itself, and stays there.
    }
    if (video.seeking || video.readyState < 2) {
      return;
    }
    const ahead = video.currentTime - this.time;
    if (video.ended || video.paused || Math.abs(ahead) > FAR_S) {
      this.aim(film, this.time + (this.speed * 2) / film.fps);
      this.run(film);
      return;
    }
    const haste = Math.abs(ahead) < CLOSE_S ? 0 : Math.max(-MOST_HASTE, Math.min(MOST_HASTE, -ahead * HASTE));
    this.pace(film, this.speed * (1 + haste));
  }

  /** @param {Film} film */
  run(film) {
    this.pace(film, this.speed);
    if (this.time < last(film)) {
      film.aimed = film.at = -1;
      film.video.play().catch((error) => {
        // A page that nobody touched yet may not make a sound.
        if (error.name === "NotAllowedError" && this.heard) {
          this.hear(null);
        }
      });
    }
  }

  /** @param {Film} film @param {number} speed */
  pace(film, speed) {
    if (Math.abs(film.speed - speed) > 0.005) {
      film.speed = film.video.playbackRate = speed;
    }
  }

  /**
   * Seek to the middle of a frame, one seek at a time. A film that ran is sought even to where it is: a busy page
   * may have dropped the picture of that time, and then the one before stays. @param {Film} film @param {number} time
   */
  aim(film, time) {
    film.aimed = time;
    if (time < 0 || film.video.readyState < 1 || film.video.seeking) {
      return;
    }
    const at = (Math.floor(Math.min(time, last(film)) * film.fps + 1e-6) + 0.5) / film.fps;
    if (film.at !== at) {
      film.at = film.video.currentTime = at;
    }
  }
}

/** The middle of its last frame. @param {Film} film */
const last = (film) => film.seconds - 0.5 / film.fps;

/** @param {HTMLVideoElement} video */
function settled(video) {
  if (!video.seeking && video.readyState >= 3) {
    return Promise.resolve();
  }
  return new Promise((done) => {
    const look = () => {
      if (!video.seeking && video.readyState >= 3) {
        end();
      }
    };
    const end = () => {
      clearTimeout(timer);
      video.removeEventListener("seeked", look);
      video.removeEventListener("canplay", look);
      done(undefined);
    };
    const timer = setTimeout(end, READY_MS);
    video.addEventListener("seeked", look);
    video.addEventListener("canplay", look);
  });
}

/** A time as it is read: "3.2 s". @param {number} time */
const seconds = (time) => `${time.toFixed(1)} s`;

/** @param {string} tag @param {object} [properties] @param {...(Node | string)} inside */
function make(tag, properties = {}, ...inside) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...inside);
  return made;
}

/** @param {string} text @param {() => void} act @param {object} [properties] */
function button(text, act, properties = {}) {
  const made = make("button", { type: "button", textContent: text, onclick: act, ...properties });
  made.classList.add("jupyter-button", "ltx-button");
  return made;
}

/** Play, time, speed and loop, for one Step. @param {Step} step */
function transport(step) {
  const play = button("Play all", () => (step.playing ? step.pause() : step.play()), { className: "ltx-play" });
  const time = make("input", { type: "range", min: "0", step: "any", className: "ltx-time" });
  const told = make("span", { className: "ltx-quiet ltx-clock" });
  const speed = make("select", { onchange: () => step.go(Number(speed.value)) });
  const loop = make("input", { type: "checkbox", checked: true, onchange: () => (step.loop = loop.checked) });
  time.setAttribute("aria-label", "Time of all films");
  time.oninput = () => step.seek(Number(time.value));
  for (const choice of [0.25, 0.5, 1, 1.5, 2]) {
    speed.append(make("option", { value: `${choice}`, textContent: `${choice}x`, selected: choice === 1 }));
  }
  const bar = make("div", { className: "ltx-bar" }, play, time, told);
  bar.append(make("label", {}, "Speed ", speed), make("label", {}, loop, " Loop"));
  const paint = () => {
    play.textContent = step.playing ? "Pause" : "Play all";
    time.max = `${step.end}`;
    time.value = `${step.time}`;
    const text = `${seconds(Math.min(step.time, step.end))} of ${seconds(step.end)}`;
    time.setAttribute("aria-valuetext", text);
    told.textContent = text;
  };
  return { bar, play, speed, loop, paint };
}
