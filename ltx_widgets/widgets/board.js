/**
 * Draws the jobs that board.py tells of; its docstring has the messages, board_rows.py the rows.
 *
 * What is known belongs to the model, so that every view shows the same; only text is ever put
 * into the page, and rows are changed in place: focus and open logs stay where they are.
 *
 * @typedef {{ send(content: object): void, on(name: string, heard: Function): void,
 *   off(name: string, heard: Function): void }} Model
 * @typedef {{ id: string, order: number, title: string, model: string, phase: string, words: string,
 *   progress: number | null, left: number | null, elapsed: number, asking: string, cancel: boolean,
 *   over: boolean, reasons: string[], clip: boolean, facts: string, at: number }} Row
 */

const MOST_LINES = 200;
const MOST_NAMED = 2;
const TICK_MS = 1000;
const FRESH_MS = 20_000;
const SAID = { running: "running", queued: "waiting", finished: "finished", failed: "failed" };

/** What is known of the jobs, and who draws it. */
class Jobs {
  /** @type {Map<string, Row>} */ rows = new Map();
  /** @type {Map<string, { lines: string[], whole: boolean, views: number, note: string }>} */
  logs = new Map();
  /** @type {Set<{ draw(): void, say(text: string): void }>} */ views = new Set();
  heard = false;
  /** What was said before there was a view. */
  kept = { text: "", at: 0 };

  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    model.on("msg:custom", this.hear);
    model.send({ kind: "hello" });
  }

  detach() {
    this.model.off("msg:custom", this.hear);
  }

  hear = (/** @type {any} */ said) => {
    if (said.kind === "all") {
      const there = new Set(said.rows.map((row) => row.id));
      [...this.rows.keys()].filter((id) => !there.has(id)).forEach((id) => this.forget(id));
      said.rows.forEach((row) => this.learn(row));
      // It may have been said before this page listened.
      if (said.said && !this.heard) {
        this.heard = true;
        this.say(said.said);
      }
    } else if (said.kind === "news") {
      const changed = said.rows.filter((row) => "phase" in row);
      said.rows.forEach((row) => this.learn(row));
      said.gone.forEach((id) => this.forget(id));
      Object.entries(said.logs).forEach(([id, news]) => this.lengthen(id, news));
      this.announce(changed.map((row) => this.rows.get(row.id)).filter(Boolean));
    } else if (said.kind === "whole" && this.logs.has(said.id)) {
      const log = this.logs.get(said.id);
      log.note = said.reason ?? "";
      if (said.lines) {
        Object.assign(log, { lines: said.lines, whole: true });
      }
    } else if (said.kind === "say") {
      this.heard = true;
      this.say(said.text);
    }
    this.views.forEach((view) => view.draw());
  };

  learn(changes) {
    const at = "elapsed" in changes ? { at: performance.now() } : {};
    this.rows.set(changes.id, { ...this.rows.get(changes.id), ...changes, ...at });
    if ("left" in changes) {
      this.rows.get(changes.id).leftAt = performance.now();
    }
  }

  forget(id) {
    this.rows.delete(id);
    this.logs.delete(id);
  }

  /** @param {{ cut: number, add: string[] }} news */
  lengthen(id, { cut, add }) {
    const log = this.logs.get(id);
    if (log) {
      const kept = log.lines.slice(0, log.lines.length - cut).concat(add);
      log.lines = log.whole ? kept : kept.slice(-MOST_LINES);
    }
  }

  /** One view opens a log, or closes it. */
  open(id, isOpen) {
    const log = this.logs.get(id) ?? { lines: [], whole: false, views: 0, note: "" };
    log.views += isOpen ? 1 : -1;
    if (log.views === (isOpen ? 1 : 0)) {
      this.model.send({ kind: "log", id, open: isOpen });
    }
    isOpen ? this.logs.set(id, log) : log.views || this.logs.delete(id);
    this.views.forEach((view) => view.draw());
  }

  /** Changes of phase are read aloud; each step of the progress would never be silent.
   *  @param {Row[]} rows */
  announce(rows) {
    if (rows.length > MOST_NAMED) {
      const counts = {};
      rows.forEach(({ phase }) => (counts[phase] = (counts[phase] ?? 0) + 1));
      this.say(Object.entries(counts).map(([p, n]) => `${n} ${SAID[p] ?? p}`).join(", "));
    } else if (rows.length) {
      this.say(rows.map((row) => `${row.words}: ${row.title}`).join(". "));
    }
  }

  say(text) {
    this.kept = this.views.size ? { text: "", at: 0 } : { text, at: performance.now() };
    this.views.forEach((view) => view.say(text));
  }

  /** @param {{ draw(): void, say(text: string): void }} view */
  show(view) {
    this.views.add(view);
    const { text, at } = this.kept;
    this.kept = { text: "", at: 0 };
    if (text && performance.now() < at + FRESH_MS) {
      // Only what changes on the page is read aloud.
      requestAnimationFrame(() => view.say(text));
    }
  }

  get sorted() {
    return [...this.rows.values()].sort((a, b) => b.order - a.order);
  }
}

/** @param {string} tag @param {object} properties @param {(Node | string)[]} children */
function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Only what differs is written: the page is left in peace otherwise. */
function put(element, name, value) {
  if (element[name] !== value) {
    element[name] = value;
  }
}

/** @param {number} seconds */
function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const rest = `${whole % 60}`.padStart(2, "0");
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${rest} s`;
}

/** One row of one view. */
class Line {
  isOpen = false;

  /** @param {string} id @param {Jobs} jobs */
  constructor(id, jobs) {
    this.id = id;
    this.jobs = jobs;
    const button = (text, act) =>
      make("button", { type: "button", className: "jupyter-button", textContent: text, onclick: act });
    const ask = (kind) => () => jobs.model.send({ kind, id });
    this.words = make("strong");
    this.title = make("span", { className: "ltx-job-title" });
    this.bar = make("div");
    this.track = make("div", { className: "ltx-track", role: "progressbar" }, this.bar);
    this.times = make("div", { className: "ltx-job-times" });
    this.reasons = make("div", { className: "ltx-bad" });
    this.show = button("Show", ask("show"));
    this.log = button("Log", () => this.toggle());
    this.cancel = button("Cancel", ask("cancel"));
    this.dismiss = button("Dismiss", ask("dismiss"));
    this.lines = make("pre", { className: "ltx-log", tabIndex: 0 });
    this.note = make("span", { className: "ltx-quiet" });
    this.whole = button("All lines", () => {
      jobs.model.send({ kind: "whole", id });
      this.whole.disabled = true;
    });
    this.unfolded = make("div", { className: "ltx-job-log", hidden: true },
      this.lines, make("div", { className: "ltx-job-more" }, this.whole, this.note));
    this.actions = make("div", { className: "ltx-job-actions" },
      this.show, this.cancel, this.log, this.dismiss);
    this.element = make("li", { className: "ltx-job", tabIndex: -1 },
      make("div", { className: "ltx-job-head" },
        make("div", { className: "ltx-job-name" }, this.words, this.title), this.actions),
      this.track, this.times, this.reasons, this.unfolded);
    this.track.setAttribute("aria-valuemin", "0");
    this.track.setAttribute("aria-valuemax", "100");
  }

  toggle() {
    this.isOpen = !this.isOpen;
    this.jobs.open(this.id, this.isOpen);
  }

  remove() {
    if (this.isOpen) {
      this.jobs.open(this.id, false);
    }
    this.element.remove();
  }

  /** @param {Row} row */
  draw(row) {
    put(this.words, "textContent", row.words);
    put(this.title, "textContent", row.title);
    put(this.title, "title", row.title);
    put(this.element.dataset, "phase", row.phase);
    put(this.reasons, "textContent", row.reasons?.join("\n") ?? "");
    put(this.reasons, "hidden", !row.reasons?.length);
    this.name(row.title);
    this.drawProgress(row);
    this.drawLog(row);
    const had = document.activeElement;
    put(this.show, "hidden", !row.clip);
    put(this.cancel, "hidden", row.over);
    put(this.cancel, "disabled", !row.cancel);
    put(this.log, "hidden", row.phase === "elsewhere");
    put(this.dismiss, "hidden", !row.over);
    if (this.actions.contains(had) && (had.hidden || had.disabled)) {
      (row.clip ? this.show : this.element).focus(); // The keyboard's place must not be lost.
    }
  }

  /** Buttons of many rows are told apart by whose they are. */
  name(title) {
    for (const button of [this.show, this.cancel, this.log, this.dismiss]) {
      put(button, "ariaLabel", `${button.textContent}: ${title}`);
    }
    put(this.track, "ariaLabel", `Progress: ${title}`);
    put(this.lines, "ariaLabel", `Log: ${title}`);
  }

  /** @param {Row} row */
  drawProgress(row) {
    put(this.track, "hidden", row.over);
    if (row.progress === null) {
      this.track.removeAttribute("aria-valuenow");
    } else {
      put(this.track, "ariaValueNow", `${row.progress}`);
    }
    put(this.bar.style, "width", `${row.progress ?? 0}%`);
    this.tick(row);
  }

  /** The clocks go on between two messages. @param {Row} row */
  tick(row) {
    const since = (/** @type {number} */ at) => (performance.now() - at) / 1000;
    const told = [];
    if (!row.over) {
      if (row.progress !== null) {
        told.push(`${row.progress} %`);
      }
      told.push(span(row.elapsed + since(row.at)));
      if (row.left !== null) {
        told.push(`about ${span(Math.max(1, row.left - since(row.leftAt)))} left`);
      }
    }
    told.push(...[row.asking, row.facts || row.model].filter(Boolean));
    put(this.times, "textContent", told.join(" · "));
  }

  /** @param {Row} row */
  drawLog(row) {
    put(this.log, "ariaExpanded", `${this.isOpen}`);
    put(this.unfolded, "hidden", !this.isOpen);
    const log = this.jobs.logs.get(this.id);
    if (!this.isOpen || !log) {
      return;
    }
    const { lines } = this;
    const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 24;
    put(lines, "textContent", log.lines.join("\n") || "Nothing yet.");
    put(this.whole, "hidden", log.whole);
    put(this.whole, "disabled", this.whole.disabled && !log.note);
    const rest = log.whole || log.lines.length < MOST_LINES ? "" : "The server has those before.";
    put(this.note, "textContent", log.note || rest);
    if (atEnd) {
      lines.scrollTop = lines.scrollHeight;
    }
  }
}

/** @param {Row[]} rows */
function summary(rows) {
  const count = (...phases) => rows.filter((row) => phases.includes(row.phase)).length;
  const told = [
    [count("running", "fetching"), "running"],
    [count("sending", "uploading", "queued"), "waiting"],
  ].filter(([n]) => n);
  return told.map(([n, word]) => `${n} ${word}`).join(", ") || "none under way";
}

/** A view of the board. */
class View {
  /** @type {Map<string, Line>} */ lines = new Map();

  /** @param {Jobs} jobs @param {HTMLElement} el */
  constructor(jobs, el) {
    this.jobs = jobs;
    this.count = make("span", { className: "ltx-quiet" });
    this.list = make("ul", { className: "ltx-jobs" });
    this.status = make("div", { className: "ltx-aloud", role: "status" });
    this.empty = make("p", { className: "ltx-quiet", textContent: "A job stands here from Generate to its clip." });
    el.classList.add("ltx-board");
    el.setAttribute("role", "region");
    el.setAttribute("aria-label", "Jobs");
    this.freeKeys = ownKeys(el);
    const head = make("div", { className: "ltx-board-head" },
      make("h3", { textContent: "Jobs" }), this.count);
    el.append(head, this.empty, this.list, this.status);
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.draw();
  }

  end() {
    this.freeKeys();
    clearInterval(this.timer);
    this.lines.forEach((line) => line.remove());
  }

  say(text) {
    this.status.textContent = text;
  }

  tick() {
    for (const row of this.jobs.rows.values()) {
      if (!row.over) {
        this.lines.get(row.id)?.tick(row);
      }
    }
  }

  draw() {
    const rows = this.jobs.sorted;
    const there = new Set(rows.map((row) => row.id));
    for (const [id, line] of this.lines) {
      if (!there.has(id)) {
        this.leave(line);
        this.lines.delete(id);
      }
    }
    rows.forEach((row, place) => {
      const line = this.lines.get(row.id) ?? new Line(row.id, this.jobs);
      this.lines.set(row.id, line);
      if (this.list.children[place] !== line.element) {
        this.list.insertBefore(line.element, this.list.children[place] ?? null);
      }
      line.draw(row);
    });
    put(this.count, "textContent", summary(rows));
    put(this.empty, "hidden", rows.length > 0);
  }

  /** A row goes; the keyboard's place moves on to the next one. @param {Line} line */
  leave(line) {
    const next = line.element.nextElementSibling ?? line.element.previousElementSibling;
    if (line.element.contains(document.activeElement)) {
      (next ?? this.list).focus();
    }
    line.isOpen = false;
    line.remove();
  }
}

export default () => {
  /** @type {Jobs} */ let jobs;
  return {
    /** @param {{ model: Model }} context */
    initialize({ model }) {
      jobs = new Jobs(model);
      return () => jobs.detach();
    },

    /** @param {{ el: HTMLElement }} context */
    render({ el }) {
      const view = new View(jobs, el);
      jobs.show(view);
      return () => {
        jobs.views.delete(view);
        view.end();
      };
    },
  };
};
