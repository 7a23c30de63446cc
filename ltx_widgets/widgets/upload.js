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

  /** Say what is wrong with something that was not taken. @param {string} trouble */
  note(trouble) {
    this.trouble = trouble;
    this.show();
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

/** @param {string} textContent */
const button = (textContent) =>
  make("button", { type: "button", className: "jupyter-button", textContent });

/** The parts on the page; only text is ever put into them. @param {Model} model */
function build(model) {
  const parts = {
    input: make("input", { type: "file", hidden: true, accept: model.get("accept") }),
    pick: button(`Upload ${model.get("wanted")}`),
    earlier: button("Earlier clips"),
    clear: button("Clear"),
    hint: make("span", { className: "ltx-quiet", textContent: "or drop or paste it here" }),
    track: make("div", { className: "ltx-track", role: "progressbar", ariaLabel: "Upload" }),
    bar: make("div", {}),
    count: make("span", { className: "ltx-quiet" }),
    cancel: button("Cancel"),
    note: make("span", { className: "ltx-note", role: "status" }),
  };
  parts.cancel.setAttribute("aria-label", "Cancel the upload");
  parts.clear.setAttribute("aria-label", `Clear ${model.get("title").toLowerCase()}`);
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
    const silent = transfer.silent ? "Waiting for the kernel, which is busy or gone." : "";
    const wrong = transfer.trouble !== "";
    const note = transfer.trouble || silent;
    return { busy: true, name: file.name, size: file.size, done: taken, note, wrong };
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

/**
 * @param {ReturnType<typeof build>} parts
 * @param {ReturnType<typeof look>} seen
 * @param {Model} model
 */
function paint(parts, seen, model) {
  const percent = seen.busy ? Math.floor((100 * seen.done) / seen.size) : 0;
  for (const part of [parts.track, parts.count, parts.cancel]) {
    part.hidden = !seen.busy;
  }
  parts.hint.hidden = seen.busy;
  parts.earlier.hidden = model.get("alone");
  parts.earlier.setAttribute("aria-expanded", `${model.get("listing")}`);
  const leaves = !model.get("chosen") && parts.clear === document.activeElement;
  parts.clear.hidden = model.get("alone") || !model.get("chosen");
  parts.bar.style.width = `${percent}%`;
  parts.track.setAttribute("aria-valuenow", `${percent}`);
  parts.count.textContent = seen.busy
    ? `${seen.name}: ${percent} % (${megabytes(seen.done)} of ${megabytes(seen.size)})`
    : "";
  parts.note.textContent = seen.note;
  parts.note.classList.toggle("ltx-bad", seen.wrong);
  if (leaves || (!seen.busy && parts.cancel === document.activeElement)) {
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
      const parts = build(model);
      const { input, pick, earlier, clear, cancel } = parts;
      const show = () => paint(parts, look(transfer, model), model);
      const take = (/** @type {import("./drop.js").Gift} */ { file, text, path, trouble }) => {
        transfer.note(trouble ?? "");
        if (file) {
          transfer.offer(file);
        } else if (text || path) {
          model.send(path ? { kind: "file", text: path } : { kind: "text", text });
        }
      };
      pick.onclick = () => input.click();
      input.onchange = () => {
        take({ file: input.files?.[0] });
        input.value = ""; // The same file can be chosen again.
      };
      earlier.onclick = () => model.send({ kind: "earlier" });
      clear.onclick = () => model.send({ kind: "clear" });
      cancel.onclick = () => transfer.cancel();
      el.classList.add("ltx-upload");
      el.setAttribute("role", "group");
      el.setAttribute("aria-label", `${model.get("title")}: a file`);
      const unwatch = watch(el, model.get("accept").split("/")[0], take);
      el.append(input, pick, earlier, clear, parts.hint, parts.track, parts.count, cancel, parts.note);
      transfer.views.add(show);
      model.on("change", show);
      show();
      return () => {
        unwatch();
        transfer.views.delete(show);
        model.off("change", show);
      };
    },
  };
};
