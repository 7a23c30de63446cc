/**
 * Names the studio's parts for who hears the page instead of seeing it, keeps plain keys from
 * JupyterLab, and moves the focus to where a click elsewhere leads.
 */

const FOCUSABLE = "textarea, select, input:not([type=file]), button:not(:disabled), [tabindex='0']";
const PATIENCE_MS = 3000;

/** The studio that somebody touched last: one of several views on this page. */
let last = null;

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** Arrow keys choose the task. ipywidgets' radio buttons have no name in common, so the browser does
 *  not take them for a group. @param {KeyboardEvent} event */
function choose(event) {
  const radios = [...(event.target.closest(".ltx-tasks")?.querySelectorAll("input") ?? [])];
  const step = STEPS[event.key];
  if (step && radios.length) {
    event.preventDefault();
    const next = radios.at((radios.indexOf(event.target) + step) % radios.length);
    next.focus();
    next.click();
  }
}

/** @param {string} part @param {HTMLElement} root */
function find(part, root) {
  const place = root.querySelector(part === "stage" ? ".ltx-stage" : `.ltx-task-${part}`);
  const able = [...(place?.querySelectorAll(FOCUSABLE) ?? [])].filter((one) => one.offsetParent);
  return able.find((one) => one.matches("textarea")) ?? able[0];
}

/** A form may still be on its way to the page. @param {string} part @param {HTMLElement} root */
function lead(part, root, until = performance.now() + PATIENCE_MS) {
  const target = find(part, root);
  if (target) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  } else if (root.isConnected && performance.now() < until) {
    requestAnimationFrame(() => lead(part, root, until));
  }
}

/** @param {HTMLElement} root */
function name(root) {
  const label = (where, role, text) => {
    const element = where ? root.querySelector(where) : root;
    element?.setAttribute("role", role);
    element?.setAttribute("aria-label", text);
  };
  label("", "region", "Studio");
  label(".ltx-tasks", "radiogroup", "What to make");
  label(".ltx-making", "group", "New clip");
  label(".ltx-seeing", "group", "Jobs and clips");
}

/** @param {{ model: any, el: HTMLElement }} context */
function render({ model, el }) {
  let root = null;
  let frame = 0;
  let release = () => {};
  const touch = () => (last = root);
  const hear = (/** @type {{ kind: string, to: string }} */ said) => {
    const meant = !last?.isConnected || last === root;
    if (said.kind === "lead" && root && meant) {
      lead(said.to, root);
    }
  };
  const settle = () => {
    root = el.closest(".ltx-studio");
    // The parts are drawn one after the other.
    if (!root?.querySelector(".ltx-tasks input")) {
      frame = requestAnimationFrame(settle);
      return;
    }
    name(root);
    release = ownKeys(root);
    root.addEventListener("keydown", choose);
    root.addEventListener("focusin", touch);
    root.addEventListener("pointerdown", touch);
  };
  settle();
  model.on("msg:custom", hear);
  return () => {
    cancelAnimationFrame(frame);
    model.off("msg:custom", hear);
    release();
    root?.removeEventListener("keydown", choose);
    root?.removeEventListener("focusin", touch);
    root?.removeEventListener("pointerdown", touch);
  };
}

export default { render };
