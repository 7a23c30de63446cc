/**
 * Lets plain keys in a part of the page be the part's own.
 *
 * While a cell is in command mode, Jupyter takes plain keys from every focused element that is no
 * text input: an arrow on a list of choices would select another cell, a digit would turn the cell
 * into a heading. Keys with a modifier (save, run the cell) and Escape still reach it. JupyterLab
 * hears keys on their way up, Notebook before anybody else does; both pass over an element with
 * Lumino's attribute. Other front ends hear them on their way up.
 *
 * @param {HTMLElement} root
 * @returns {() => void} Lets go of them.
 */
function ownKeys(root) {
  const own = (/** @type {KeyboardEvent} */ event) => {
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    const leaves = event.key === "Escape" || (event.shiftKey && event.key === "Enter");
    return !modified && !leaves;
  };
  const mark = (/** @type {KeyboardEvent} */ event) => {
    if (root.contains(event.target)) {
      // On the focused part itself: a shortcut may be for just that.
      event.target.toggleAttribute("data-lm-suppress-shortcuts", own(event));
    }
  };
  const stop = (/** @type {KeyboardEvent} */ event) => own(event) && event.stopPropagation();
  window.addEventListener("keydown", mark, true);
  root.addEventListener("keydown", stop);
  return () => {
    window.removeEventListener("keydown", mark, true);
    root.removeEventListener("keydown", stop);
  };
}
