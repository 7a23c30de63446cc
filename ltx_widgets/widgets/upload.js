/**
 * Sends one file to the kernel, 1 MiB at a time; upload.py has the messages.
 *
 * The transfer belongs to the model: every view of the widget shows it, and it goes on while a
 * view is scrolled away.
 *
 * @typedef {{ get(name: string): any, send(content: object, callbacks?: object,
 *   buffers?: ArrayBuffer[]): void, on(name: string, heard: Function): void,
 *   off(name: string, heard: Function): void }} Model
 */

const PIECE = 1024 * 1024;
const MOST_AHEAD = 2 * PIECE;
const SILENCE_MS = 10_000;

class Transfer {
  /** @type {File | null} */ file = null;
  sent = 0;
  taken = 0;
  going = false;
  reading = false;
  welcome = false;
  silent = false;
  trouble = "";
  id = "";
  timer = 0;
  /** @type {Set<() => void>} */ views = new Set();

  /** @param {Model} model */
  attach(model) {
    this.model = model;
    model.on("msg:custom", this.hear);
    this.say({ kind: "hello" });
  }

  detach() {
    clearTimeout(this.timer);
    this.file = null;
    this.model.off("msg:custom", this.hear);
  }

  /** @param {File} file */
  offer(file) {
    Object.assign(this, { file, sent: 0, taken: 0, going: false, trouble: "", silent: false });
    this.id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    if (this.welcome) {
      this.ask();
    }
    this.watch();
    this.show();
  }

  ask() {
    const { name, size, lastModified: stamp } = this.file;
    this.say({ kind: "offer", upload: this.id, name, size, stamp });
  }

  cancel() {
    this.say({ kind: "cancel", upload: this.id });
    this.end("");
  }

  /** @param {string} trouble */
  end(trouble) {
    clearTimeout(this.timer);
    Object.assign(this, { file: null, going: false, silent: false, trouble });
    this.show();
  }

  /** @param {{ kind: string, upload?: string, at?: number, reason?: string }} said */
  hear = (said) => {
    if (said.kind === "welcome") {
      this.welcome = true;
      if (this.file && !this.going) {
        this.ask();
      }
      return;
    }
    if (!this.file || said.upload !== this.id) {
      return;
    }
    this.watch();
    if (said.kind === "go") {
      Object.assign(this, { going: true, sent: said.at, taken: said.at });
    } else if (said.kind === "taken") {
      this.taken = Math.max(this.taken, said.at);
    } else {
      this.end(said.kind === "refused" ? said.reason : "");
      return;
    }
    this.show();
    this.pump();
  };

  /** Read and send as far ahead as is allowed. */
  async pump() {
    if (this.reading) {
      return;
    }
    this.reading = true;
    try {
      while (this.going && this.sent < this.file.size && this.sent - this.taken < MOST_AHEAD) {
        const { file, sent: at, id: upload } = this;
        const piece = await file.slice(at, at + PIECE).arrayBuffer();
        if (this.file === file && this.sent === at) {
          this.say({ kind: "piece", upload, at }, [piece]);
          this.sent = at + piece.byteLength;
        }
      }
    } catch (error) {
      this.say({ kind: "cancel", upload: this.id });
      this.end(`the browser cannot read the file (${error.message}); choose it again`);
    } finally {
      this.reading = false;
    }
  }

  /** A lost message must not be waited for: ask where the kernel is. */
  watch() {
    clearTimeout(this.timer);
    this.silent = false;
    this.timer = setTimeout(() => {
      if (this.file) {
        this.say(this.going ? { kind: "where", upload: this.id } : { kind: "hello" });
        this.silent = true;
        this.show();
      }
    }, SILENCE_MS);
  }

  /** @param {object} content @param {ArrayBuffer[]} [buffers] */
  say(content, buffers) {
    this.model.send(content, undefined, buffers);
  }

  show() {
    this.views.forEach((view) => view());
  }
}

/** @param {number} bytes */
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** @param {string} tag @param {object} properties */
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

/** The parts on the page; only text is ever put into them. @param {string} wanted */
function build(wanted) {
  const parts = {
    input: make("input", { type: "file", hidden: true }),
    pick: make("button", { type: "button", className: "jupyter-button", textContent: `Upload ${wanted}` }),
    hint: make("span", { className: "ltx-quiet", textContent: "or drop it here" }),
    track: make("div", { className: "ltx-track", role: "progressbar", ariaLabel: "Upload" }),
    bar: make("div", {}),
    count: make("span", { className: "ltx-quiet" }),
    cancel: make("button", { type: "button", className: "jupyter-button", textContent: "Cancel" }),
    note: make("span", { className: "ltx-note", role: "status" }),
  };
  parts.cancel.setAttribute("aria-label", "Cancel the upload");
  parts.track.setAttribute("aria-valuemin", "0");
  parts.track.setAttribute("aria-valuemax", "100");
  parts.track.append(parts.bar);
  return parts;
}

/** What is to be seen now. @param {Transfer} transfer @param {Model} model */
function look(transfer, model) {
  const { file, taken } = transfer;
  const { phase, name, size, done } = model.get("state");
  if (file) {
    const note = transfer.silent ? "Waiting for the kernel, which is busy or gone." : "";
    return { busy: true, name: file.name, size: file.size, done: taken, note, wrong: false };
  }
  if (phase === "left") {
    const note = "The page that sent it is gone. Choose the same file once more to go on.";
    return { busy: true, name, size, done, note, wrong: false };
  }
  if (phase === "coming") {
    return { busy: true, name, size, done, note: "Coming in from another page.", wrong: false };
  }
  return { busy: false, note: transfer.trouble, wrong: transfer.trouble !== "" };
}

/** @param {ReturnType<typeof build>} parts @param {ReturnType<typeof look>} seen */
function paint(parts, seen) {
  const percent = seen.busy ? Math.floor((100 * seen.done) / seen.size) : 0;
  for (const part of [parts.track, parts.count, parts.cancel]) {
    part.hidden = !seen.busy;
  }
  parts.hint.hidden = seen.busy;
  parts.bar.style.width = `${percent}%`;
  parts.track.setAttribute("aria-valuenow", `${percent}`);
  parts.count.textContent = seen.busy
    ? `${seen.name}: ${percent} % (${megabytes(seen.done)} of ${megabytes(seen.size)})`
    : "";
  parts.note.textContent = seen.note;
  parts.note.classList.toggle("ltx-bad", seen.wrong);
  if (!seen.busy && parts.cancel === document.activeElement) {
    parts.pick.focus();
  }
}

export default () => {
  const transfer = new Transfer();
  return {
    /** @param {{ model: Model }} context */
    initialize({ model }) {
      transfer.attach(model);
      return () => transfer.detach();
    },

    /** @param {{ model: Model, el: HTMLElement }} context */
    render({ model, el }) {
      const parts = build(model.get("wanted"));
      const { input, pick, cancel } = parts;
      const show = () => paint(parts, look(transfer, model));
      const offer = (/** @type {FileList | undefined} */ files) => {
        if (files?.length) {
          transfer.offer(files[0]);
        }
      };
      input.accept = model.get("accept");
      pick.onclick = () => input.click();
      input.onchange = () => {
        offer(input.files);
        input.value = ""; // The same file can be chosen again.
      };
      cancel.onclick = () => transfer.cancel();
      el.classList.add("ltx-upload");
      el.ondragover = (event) => {
        event.preventDefault();
        el.classList.add("ltx-over");
      };
      el.ondragleave = () => el.classList.remove("ltx-over");
      el.ondrop = (event) => {
        event.preventDefault();
        event.stopPropagation();
        el.classList.remove("ltx-over");
        offer(event.dataTransfer?.files);
      };
      el.append(input, pick, parts.hint, parts.track, parts.count, cancel, parts.note);
      transfer.views.add(show);
      model.on("change:state", show);
      show();
      return () => {
        transfer.views.delete(show);
        model.off("change:state", show);
      };
    },
  };
};
