/**
 * Files of the kernel's computer, fetched over the widget's own messages; feed.py has the other
 * end. The page asks for each piece, so that a slow page is never flooded.
 *
 * @typedef {{ get(name: string): any, set(name: string, value: any): void, save_changes(): void,
 *   send(content: object): void, on(name: string, heard: Function): void,
 *   off(name: string, heard: Function): void }} Model
 *
 * How far a file has come, 0 to 1, and whether nobody answers.
 * @typedef {(part: number, silent: boolean) => void} Told
 */

const ASK_AGAIN_MS = 10_000;

/** One of them for a model: every view of it shares what was fetched. */
class Feed {
  /** @type {Map<string, { address: Promise<string>, url: string, give: Function, fail: Function,
   *   pieces: BlobPart[], at: number, timer: number, told: Set<Told> }>} */
  files = new Map();

  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    model.on("msg:custom", this.hear);
  }

  /**
   * A file as an address that an element can show; it fails with the kernel's reason.
   * @param {string} name
   * @param {Told} [told]
   * @returns {Promise<string>}
   */
  fetch(name, told) {
    let file = this.files.get(name);
    if (!file) {
      file = { pieces: [], at: 0, timer: 0, url: "", told: new Set() };
      file.address = new Promise((give, fail) => Object.assign(file, { give, fail }));
      this.files.set(name, file);
      this.ask(name, file);
    }
    if (told) {
      file.told.add(told);
    }
    return file.address;
  }

  /** Let go of a file that is shown no more. @param {string} name */
  drop(name) {
    const file = this.files.get(name);
    if (file) {
      clearTimeout(file.timer);
      URL.revokeObjectURL(file.url);
      this.files.delete(name);
    }
  }

  detach() {
    [...this.files.keys()].forEach((name) => this.drop(name));
    this.model.off("msg:custom", this.hear);
  }

  ask(name, file) {
    this.model.send({ kind: "want", name, at: file.at });
    this.watch(name, file);
  }

  /** A kernel that was restarted or is busy has not heard it. */
  watch(name, file) {
    clearTimeout(file.timer);
    file.timer = setTimeout(() => {
      file.told.forEach((tell) => tell(file.part ?? 0, true));
      this.ask(name, file);
    }, ASK_AGAIN_MS);
  }

  /** @param {{ kind: string, name: string, at: number, total: number, type: string,
   *   reason: string }} said
   *  @param {DataView[]} buffers */
  hear = (said, buffers) => {
    const file = this.files.get(said.name);
    if (!file || file.url) {
      return;
    }
    if (said.kind === "trouble") {
      clearTimeout(file.timer);
      this.files.delete(said.name);
      file.fail(new Error(said.reason));
    } else if (said.kind === "wait") {
      file.told.forEach((tell) => tell(file.part ?? 0, false));
    } else if (said.kind === "piece" && said.at === file.at) {
      file.pieces.push(buffers[0]);
      file.at += buffers[0].byteLength;
      file.part = file.at / said.total;
      file.told.forEach((tell) => tell(file.part, false));
      if (file.at < said.total) {
        this.ask(said.name, file);
        return;
      }
      clearTimeout(file.timer);
      file.url = URL.createObjectURL(new Blob(file.pieces, { type: said.type }));
      file.pieces = [];
      file.give(file.url);
    }
  };
}
