/**
 * Names the studio's parts for who hears the page instead of seeing it, keeps plain keys from
 * JupyterLab, and moves the focus to where a click elsewhere leads.
 */

const FOCUSABLE = "textarea, select, input:not([type=file]), button:not(:disabled), [tabindex='0']";
const PATIENCE_MS = 20_000;
const USES = ["pointerdown", "keydown"];

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
  const place = root.querySelector(part === "stage" ? ".ltx-shown" : `.ltx-task-${part}`);
  const able = [...(place?.querySelectorAll(FOCUSABLE) ?? [])].filter((one) => one.offsetParent);
  return able.find((one) => one.matches("textarea")) ?? able[0];
}

/** A form may still be on its way to the page. @param {string} part @param {HTMLElement} root
 *  @param {() => boolean} meant Whether this is still the place to go to. */
function lead(part, root, meant) {
  const target = find(part, root);
  if (target) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  } else if (root.isConnected) {
    requestAnimationFrame(() => meant() && lead(part, root, meant));
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

/** The views of one studio on this page, and which of them is led to something. */
class Views {
  /** Those whose parts are there. @type {Set<HTMLElement>} */ roots = new Set();
  /** The one that somebody touched last. @type {HTMLElement | null} */ last = null;
  newest = 0;
  /** Heard before a view could go there. @type {(() => void) | null} */ waiting = null;

  /** How often the page was used since it was loaded: who went elsewhere is not led back. */
  used = 0;

  /** @param {any} model */
  constructor(model) {
    this.model = model;
    USES.forEach((kind) => document.addEventListener(kind, this.use, true));
    model.on("msg:custom", this.hear);
    // What was said before this page listened is said again.
    model.send({ kind: "hello" });
  }

  use = () => {
    this.used += 1;
  };

  detach() {
    USES.forEach((kind) => document.removeEventListener(kind, this.use, true));
    this.model.off("msg:custom", this.hear);
  }

  /** @param {{ kind: string, to: string, number: number, again?: boolean }} said */
  hear = ({ kind, to, number, again = false }) => {
    if (kind !== "lead" || number <= this.newest) {
      return;
    }
    this.newest = number;
    const until = performance.now() + PATIENCE_MS;
    const used = again ? 0 : this.used;
    const meant = () =>
      number === this.newest && used === this.used && performance.now() < until;
    this.waiting = () => {
      const roots = this.last?.isConnected ? [this.last] : [...this.roots];
      roots.forEach((root) => meant() && lead(to, root, meant));
    };
    this.go();
  };

  go() {
    if (this.waiting && this.roots.size) {
      const { waiting } = this;
      this.waiting = null;
      waiting();
    }
  }
}

/** @param {Views} views @param {HTMLElement} el */
function draw(views, el) {
  let root = null;
  let frame = 0;
  let release = () => {};
  const touch = () => (views.last = root);
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
    views.roots.add(root);
    views.go();
  };
  settle();
  return () => {
    cancelAnimationFrame(frame);
    release();
    views.roots.delete(root);
    root?.removeEventListener("keydown", choose);
    root?.removeEventListener("focusin", touch);
    root?.removeEventListener("pointerdown", touch);
  };
}

export default () => {
  /** @type {Views} */ let views;
  return {
    /** @param {{ model: any }} context */
    initialize({ model }) {
      views = new Views(model);
      return () => views.detach();
    },

    /** @param {{ el: HTMLElement }} context */
    render({ el }) {
      return draw(views, el);
    },
  };
};
