/**
 * Lets a form's keys be its own, and its fields settle before Generate is heard.
 *
 * @param {{ el: HTMLElement }} context
 */
function render({ el }) {
  let frame = 0;
  let root = null;
  let release = () => {};
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
