/**
 * The code of a form: a cell and a call to copy, and a field that takes code back.
 *
 * Page to kernel: ``paste`` (text). Everything else is in the model's traits; the code is only kept
 * up to date while `unfolded`.
 *
 * @typedef {{ get(name: string): any, set(name: string, value: any): void, save_changes(): void,
 *   send(content: object): void, on(name: string, heard: Function): void,
 *   off(name: string, heard: Function): void }} Model
 */

/** @param {string} tag @param {object} properties @param {Node[]} children */
function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** One piece of code with its Copy button. @param {string} title @param {(text: string) => void} say */
function piece(title, say) {
  const code = make("code", {});
  const pre = make("pre", { tabIndex: 0 }, code);
  pre.setAttribute("aria-label", title);
  pre.setAttribute("role", "region");
  const copy = make("button", {
    type: "button", className: "jupyter-button", textContent: "Copy", title: `Copy the ${title}`,
  });
  copy.setAttribute("aria-label", `Copy the ${title}`);
  copy.addEventListener("click", async () => {
    say((await put(code)) ? `The ${title} is copied.` : "Select it and copy it by hand.");
  });
  return { code, copy, box: make("div", { className: "ltx-piece" }, pre, copy) };
}

/** Into the clipboard, also where the page has no leave to use it. @param {HTMLElement} code */
async function put(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch {
    const range = document.createRange();
    range.selectNodeContents(code);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand("copy");
  }
}

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  const status = make("p", { className: "ltx-quiet" });
  status.setAttribute("role", "status");
  const say = (/** @type {string} */ text) => { status.textContent = text; };
  const cell = piece("%%ltx cell", say);
  const call = piece("Python call", say);
  const note = make("p", { className: "ltx-quiet" });
  const field = make("textarea", { rows: 3, className: "widget-input", spellcheck: false });
  const label = make("label", {}, "Paste code: it fills the form and is not run", field);
  const take = make("button", {
    type: "button", className: "jupyter-button", textContent: "Fill the form",
  });
  take.addEventListener("click", () => model.send({ kind: "paste", text: field.value }));
  field.addEventListener("paste", () => {
    // The text is in the field after this event.
    setTimeout(() => model.send({ kind: "paste", text: field.value }));
  });
  const parts = make("details", { className: "ltx-code" }, make("summary", {}, "Code"),
    cell.box, call.box, note, label, take, status);
  parts.addEventListener("toggle", () => {
    if (model.get("unfolded") !== parts.open) {
      model.set("unfolded", parts.open);
      model.save_changes();
    }
  });

  const show = () => {
    parts.open = model.get("unfolded");
    for (const [part, name] of [[cell, "cell"], [call, "call"]]) {
      part.code.textContent = model.get(name);
      part.box.hidden = !model.get(name);
    }
    note.textContent = model.get("note");
    note.hidden = !note.textContent;
  };
  const told = () => {
    say(model.get("told").text ?? "");
    if (model.get("told").done) {
      field.value = "";
    }
  };
  const names = ["unfolded", "cell", "call", "note"];
  names.forEach((name) => model.on(`change:${name}`, show));
  model.on("change:told", told);
  show();
  el.append(parts);
  return () => {
    names.forEach((name) => model.off(`change:${name}`, show));
    model.off("change:told", told);
  };
}

export default { render };
