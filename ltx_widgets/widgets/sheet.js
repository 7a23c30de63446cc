/**
 * Lets the keys in a form be the form's own.
 *
 * While a cell is in command mode, JupyterLab takes plain keys from every focused element that is
 * no text input: an arrow on a list of choices would select another cell, a digit would turn the
 * cell into a heading. Keys with a modifier (save, run the cell) and Escape still reach it.
 *
 * @param {{ el: HTMLElement }} context
 */
function render({ el }) {
  let frame = 0;
  let root = null;
  const find = () => {
    root = el.closest(".ltx-form, .ltx-panel");
    if (root) {
      root.addEventListener("keydown", keep);
      root.addEventListener("input", note, true);
      root.addEventListener("click", settle, true);
    } else {
      frame = requestAnimationFrame(find); // Not on the page yet.
    }
  };
  find();
  return () => {
    cancelAnimationFrame(frame);
    root?.removeEventListener("keydown", keep);
    root?.removeEventListener("input", note, true);
    root?.removeEventListener("click", settle, true);
  };
}

/** @param {KeyboardEvent} event */
function keep(event) {
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  const leaves = event.key === "Escape" || (event.shiftKey && event.key === "Enter");
  if (!modified && !leaves) {
    event.stopPropagation();
  }
}

// ipywidgets holds a field's newest value back until the kernel has taken the one before; a click
// is sent at once and would overtake it, and Generate would send a half-typed prompt.
const SETTLED_MS = 700;
let lastInput = -SETTLED_MS;

function note() {
  lastInput = performance.now();
}

/** @param {MouseEvent} event */
function settle(event) {
  const button = event.target.closest("button.ltx-go");
  const left = lastInput + SETTLED_MS - performance.now();
  if (button && event.isTrusted && left > 0) {
    event.stopImmediatePropagation();
    event.preventDefault();
    setTimeout(() => button.click(), left);
  }
}

export default { render };
