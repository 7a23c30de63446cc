/**
 * A list of earlier clips to choose from; earlier.py has the messages.
 *
 * Tab goes from the words to the list and on to its end; in the list, arrows go from clip to clip.
 *
 * @typedef {{ name: string, prompt: string, facts: string }} Row
 */

const TYPING_MS = 250;
const SILENCE_MS = 8_000;

/** @param {string} tag @param {object} properties */
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

/** @param {string} textContent */
const button = (textContent) =>
  make("button", { type: "button", className: "jupyter-button", textContent });

let lists = 0;

/** Only text is ever put into them. */
function build() {
  lists += 1;
  const id = `ltx-earlier-${lists}`;
  const parts = {
    label: make("label", { textContent: "Find in prompts", htmlFor: id }),
    words: make("input", { type: "search", id, autocomplete: "off" }),
    close: button("Close"),
    head: make("div", { className: "ltx-earlier-head" }),
    list: make("ul", {}),
    more: button("Show more"),
    note: make("p", { className: "ltx-quiet" }),
  };
  parts.close.setAttribute("aria-label", "Close the list of earlier clips");
  parts.list.setAttribute("aria-label", "Earlier clips, newest first");
  parts.note.setAttribute("role", "status");
  parts.more.hidden = true;
  parts.head.append(parts.label, parts.words, parts.close);
  return parts;
}

/**
 * A row of the list.
 * @param {Row} row
 * @param {[string, string][]} choices
 * @param {(what: string) => void} choose
 */
function rowOf(row, choices, choose) {
  const item = make("li", {});
  const text = make("div", { className: "ltx-earlier-text" });
  const prompt = make("div", { className: "ltx-earlier-prompt", textContent: row.prompt });
  const image = make("img", { alt: "" });
  image.dataset.name = row.name;
  const buttons = make("div", { className: "ltx-earlier-choices" });
  for (const [what, told] of choices) {
    const made = Object.assign(button(told), { tabIndex: -1, onclick: () => choose(what) });
    made.setAttribute("aria-label", `${told}: ${row.prompt.slice(0, 80)}, ${row.facts}`);
    buttons.append(made);
  }
  text.append(prompt, make("div", { className: "ltx-quiet", textContent: row.facts }));
  item.append(image, text, buttons);
  return item;
}

/** Arrow keys of the list: up and down, to and fro within a row, first and last. */
function step(list, event) {
  const rows = [...list.children].map((item) => [...item.querySelectorAll("button")]);
  const row = rows.findIndex((buttons) => buttons.includes(document.activeElement));
  if (row < 0) {
    return;
  }
  const column = rows[row].indexOf(document.activeElement);
  const places = {
    ArrowDown: [row + 1, column],
    ArrowUp: [row - 1, column],
    ArrowRight: [row, column + 1],
    ArrowLeft: [row, column - 1],
    Home: [0, column],
    End: [rows.length - 1, column],
  };
  const [to, across] = places[event.key] ?? [];
  if (to === undefined) {
    return;
  }
  event.preventDefault();
  reach(list, rows[to]?.[across] ?? document.activeElement);
}

/** Make one button of the list the one that Tab comes to. */
function reach(list, button, focus = true) {
  list.querySelectorAll("button[tabindex='0']").forEach((other) => (other.tabIndex = -1));
  button.tabIndex = 0;
  if (focus) {
    button.focus();
  }
}

/** Fetch each picture when its row comes into sight. @param {Feed} feed */
function watchPictures(feed) {
  return new IntersectionObserver((seen, observer) => {
    for (const { isIntersecting, target } of seen) {
      if (isIntersecting) {
        observer.unobserve(target);
        feed.fetch(target.dataset.name).then(
          (address) => (target.src = address),
          () => target.classList.add("ltx-gone"),
        );
      }
    }
  });
}

/** @param {{ model: Model, el: HTMLElement }} context @param {Feed} feed */
function show({ model, el }, feed) {
  const parts = build();
  const { words, list, more, note } = parts;
  const pictures = watchPictures(feed);
  let asked = 0;
  let next = null;
  let timer = 0;

  const ask = (before) => {
    asked += 1;
    more.hidden = true;
    note.textContent = "Reading the list …";
    model.send({ kind: "list", ask: asked, words: words.value, before });
    clearTimeout(timer);
    timer = setTimeout(() => {
      note.textContent = "The kernel does not answer: it is busy or gone.";
    }, SILENCE_MS);
  };
  const leave = (said) => {
    // The list goes, and the keyboard's place would go with it.
    el.closest(".ltx-media")?.querySelector(".ltx-upload [aria-expanded]")?.focus();
    model.send(said);
  };
  const add = (/** @type {Row} */ row) => {
    const choose = (what) => leave({ kind: "choose", name: row.name, what });
    const item = rowOf(row, model.get("choices"), choose);
    list.append(item);
    pictures.observe(item.firstChild);
    return item;
  };
  const hear = (said) => {
    if (said.kind === "refused") {
      clearTimeout(timer);
      note.textContent = said.reason;
    } else if (said.kind === "rows" && said.ask === asked) {
      clearTimeout(timer);
      const fresh = next === null;
      if (fresh) {
        list.replaceChildren();
      }
      const items = said.rows.map(add);
      const first = items[0]?.querySelector("button");
      if (first) {
        reach(list, first, !fresh);
      }
      next = said.more;
      more.hidden = next === null;
      note.textContent = list.children.length ? "" : none(words.value);
    }
  };
  const none = (text) =>
    text.trim() ? "No clip's prompt has these words." : "No clip was made here yet.";

  words.oninput = () => {
    clearTimeout(timer);
    asked += 1; // What is on its way answers other words.
    next = null;
    timer = setTimeout(() => ask(null), TYPING_MS);
  };
  more.onclick = () => ask(next);
  parts.close.onclick = () => leave({ kind: "close" });
  list.onkeydown = (event) => step(list, event);
  el.onkeydown = (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      leave({ kind: "close" });
    }
  };
  el.classList.add("ltx-earlier");
  el.append(parts.head, list, more, note);
  model.on("msg:custom", hear);
  ask(null);
  const frame = requestAnimationFrame(() => {
    if (el.closest(".ltx-media")?.contains(document.activeElement)) {
      words.focus();
    }
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    pictures.disconnect();
    model.off("msg:custom", hear);
  };
}

export default () => {
  /** @type {Feed} */
  let feed;
  return {
    initialize({ model }) {
      feed = new Feed(model);
      return () => feed.detach();
    },
    render: (context) => show(context, feed),
  };
};
