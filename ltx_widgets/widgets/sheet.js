/**
 * Lets a form's keys be its own, and its fields settle before Generate is heard.
 *
 * ipywidgets holds a field's newest value back until the kernel has taken the one before; a click
 * is sent at once and would overtake it, and Generate would send a half-typed prompt. So a click
 * after typing waits for two messages of its own: when the kernel is done with the first, it has
 * taken what was on its way, and the page has sent what was held back; with the second, that too.
 * (ipykernel 7.4 may hear fields and buttons on two threads.)
 *
 * @param {{ model: any, el: HTMLElement }} context
 */
function render({ model, el }) {
  let frame = 0;
  let root = null;
  let release = () => {};

  /** @param {MouseEvent} event */
  const settle = (event) => {
    const button = event.target.closest("button.ltx-go");
    if (!button || !event.isTrusted || taken === typed) {
      return;
    }
    event.stopImmediatePropagation();
    event.preventDefault();
    turn += 1;
    ask(model, button, { turn, typed, rounds: ROUNDS });
  };
  const find = () => {
    root = el.closest(".ltx-form, .ltx-panel");
    if (root) {
      release = ownKeys(root);
      root.addEventListener("input", note, true);
      root.addEventListener("click", settle, true);
    } else {
      frame = requestAnimationFrame(find); // Not on the page yet.
    }
  };
  find();
  return () => {
    cancelAnimationFrame(frame);
    release();
    root?.removeEventListener("input", note, true);
    root?.removeEventListener("click", settle, true);
  };
}

const ROUNDS = 2;

// Of all views of this form: inputs so far, how many of them the kernel has taken, and which click
// is the newest. Only that one is heard.
let typed = 0;
let taken = 0;
let turn = 0;

function note() {
  typed += 1;
}

/**
 * Click once the kernel is done with a message, that many times over.
 *
 * Not by an answer: anywidget has a model that was slow to load hear nothing at all.
 *
 * @param {any} model @param {HTMLElement} button
 * @param {{ turn: number, typed: number, rounds: number }} click
 */
function ask(model, button, click) {
  const status = (/** @type {{ content: { execution_state: string } }} */ { content }) => {
    if (content.execution_state !== "idle" || click.turn !== turn) {
      return;
    }
    if (click.rounds > 1) {
      ask(model, button, { ...click, rounds: click.rounds - 1 });
    } else {
      taken = click.typed;
      button.click();
    }
  };
  model.send({ kind: "settle" }, { iopub: { status } });
}

export default { render };
