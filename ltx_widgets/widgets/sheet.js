/**
 * Lets a form's keys be its own, and its fields settle before Generate is heard.
 *
 * ipywidgets holds a field's newest value back until the kernel has taken the one before; a click
 * is sent at once and would overtake it, and Generate would send a half-typed prompt. So a click
 * after typing waits for an answer of the kernel's: by then it has taken what was on its way, and
 * the page has sent what was held back.
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
    model.send({ kind: "settle" });
  };
  const hear = () => {
    const button = held;
    held = null;
    button?.click();
  };
  const find = () => {
    root = el.closest(".ltx-form, .ltx-panel");
    if (root) {
      release = ownKeys(root);
      root.addEventListener("input", note, true);
      root.addEventListener("click", settle, true);
      model.on("msg:custom", hear);
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
    model.off("msg:custom", hear);
  };
}

export default { render };
