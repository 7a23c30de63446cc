/**
 * Lets a form's keys be its own, and its fields settle before Generate is heard.
 *
 * ipywidgets holds a field's newest value back until the kernel has taken the one before; a click
 * is sent at once and would overtake it, and Generate would send a half-typed prompt. So a click
 * after typing waits until the kernel is done with a message sent before it: by then it has taken
 * what was on its way, and the page has sent what was held back.
 *
 * @param {{ model: any, el: HTMLElement }} context
 */
function render({ model, el }) {
  let frame = 0;
  let root = null;
  let release = () => {};
  let typed = false;
  let held = null; // The button whose click waits.

  const note = () => {
    typed = true;
  };
  /** @param {MouseEvent} event */
  const settle = (event) => {
    const button = event.target.closest("button.ltx-go");
    if (!button || !event.isTrusted || !(typed || held)) {
      return;
    }
    event.stopImmediatePropagation();
    event.preventDefault();
    typed = false;
    held = button;
    // Not by an answer: anywidget has a model that was slow to load hear nothing at all.
    model.send({ kind: "settle" }, { iopub: { status: go } });
  };
  const go = (/** @type {{ content: { execution_state: string } }} */ { content }) => {
    if (content.execution_state === "idle") {
      const button = held;
      held = null;
      button?.click();
    }
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

export default { render };
