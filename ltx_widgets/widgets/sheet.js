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
    } else {
      frame = requestAnimationFrame(find); // Not on the page yet.
    }
  };
  find();
  return () => {
    cancelAnimationFrame(frame);
    root?.removeEventListener("keydown", keep);
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

export default { render };
