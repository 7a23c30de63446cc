/**
 * The clips as a list box in rows: arrows go about, Space chooses, Enter opens.
 *
 * @typedef {{ number: number, title: string, facts: string, when: string, gone: boolean,
 *   kept: boolean }} Item
 */
class Cards {
  static HOVER_MS = 300;
  /** @type {Item[]} */ items = [];
  /** @type {Map<number, { el: HTMLElement, img: HTMLImageElement, undo?: () => void }>} */
  made = new Map();
  /** @type {Set<number>} */ chosen = new Set();
  /** @type {number | null} */ current = null;
  anchor = null;
  total = 0;
  playing = null;
  calm = window.matchMedia("(prefers-reduced-motion: reduce)");

  /**
   * @param {Stills} stills
   * @param {{ open(number: number): void, remove(): void, changed(): void }} told
   * @param {HTMLElement} scroller
   */
  constructor(stills, told, scroller) {
    Object.assign(this, { stills, told });
    this.el = build("div", {
      className: "ltx-cards", role: "listbox",
      aria: { multiselectable: "true", label: "Clips, the newest first" },
    });
    this.watcher = new IntersectionObserver((seen) => seen.forEach(this.see), {
      root: scroller, rootMargin: "300px",
    });
    this.el.onclick = (event) => this.click(event);
    this.el.onkeydown = (event) => this.key(event);
    this.el.addEventListener("focusin", (event) => this.rest(event.target));
    this.el.addEventListener("focusout", () => this.stop());
    this.el.onpointerover = (event) => event.pointerType !== "touch" && this.rest(event.target);
    this.el.onpointerleave = () => this.stop();
  }

  /** @param {Item[]} items @param {number} total */
  set(items, total) {
    this.total = total;
    const focused = this.el.contains(document.activeElement); // A card that goes takes it along.
    const left = new Set(items.map((item) => item.number));
    for (const [number, { el, undo }] of this.made) {
      if (!left.has(number)) {
        this.watcher.unobserve(el);
        undo?.();
        el.remove();
        this.made.delete(number);
        this.chosen.delete(number);
      }
    }
    const index = this.items.findIndex((item) => item.number === this.current);
    this.items = items;
    items.forEach((item, place) => this.put(item, place));
    if (!left.has(this.current)) {
      // The next one takes the place of the one that is gone.
      this.go(items[Math.min(Math.max(index, 0), items.length - 1)], { focus: focused });
    }
    this.mark();
  }

  /** @returns {Item[]} What an action is for: the chosen ones, or the one where the keys are. */
  get meant() {
    return this.items.filter(({ number }) =>
      this.chosen.size ? this.chosen.has(number) : number === this.current,
    );
  }

  put(item, place) {
    let one = this.made.get(item.number);
    if (!one) {
      one = this.make(item);
      this.made.set(item.number, one);
      this.watcher.observe(one.el);
    }
    one.el.querySelector(".ltx-title").textContent = item.title;
    one.el.querySelector(".ltx-facts").textContent = `${item.facts} · ${when(item.when)}`;
    const note = [item.kept && "kept", item.gone && "file is gone"].filter(Boolean).join(", ");
    one.el.querySelector(".ltx-badge").textContent = note;
    one.el.setAttribute("aria-setsize", this.total);
    one.el.setAttribute("aria-posinset", place + 1);
    if (this.el.children[place] !== one.el) {
      this.el.insertBefore(one.el, this.el.children[place] ?? null);
    }
  }

  make(item) {
    const img = build("img", { alt: "", draggable: false });
    const el = build(
      "div",
      {
        className: "ltx-card", role: "option", tabIndex: -1,
        aria: { selected: "false" }, dataset: { number: item.number },
      },
      build(
        "span",
        { className: "ltx-frame" },
        img,
        build("span", { className: "ltx-tick", ariaHidden: "true", title: "Select" }),
        build("span", { className: "ltx-badge" }),
      ),
      build("span", { className: "ltx-title" }),
      build("span", { className: "ltx-facts" }),
    );
    return { el, img };
  }

  /** Pictures are there while their card is near what is to be seen. */
  see = ({ target, isIntersecting }) => {
    const number = Number(target.dataset.number);
    const one = this.made.get(number);
    if (one && isIntersecting && !one.undo) {
      one.undo = picture(this.stills, one.img, `poster-${number}`);
    } else if (one && !isIntersecting) {
      one.undo?.();
      one.undo = undefined;
    }
  };

  mark() {
    for (const [number, { el }] of this.made) {
      el.setAttribute("aria-selected", this.chosen.has(number));
      el.classList.toggle("ltx-current", number === this.current);
      el.tabIndex = number === this.current ? 0 : -1;
    }
    this.el.classList.toggle("ltx-choosing", this.chosen.size > 0);
    this.told.changed();
  }

  /** @param {Item | undefined} item */
  go(item, { focus = true, extend = false } = {}) {
    this.current = item?.number ?? null;
    if (item && extend) {
      this.choose(item.number, { range: true });
    } else if (item) {
      this.anchor = item.number;
    }
    this.mark();
    const el = item && this.made.get(item.number).el;
    if (el && focus) {
      el.focus({ preventScroll: true });
      el.scrollIntoView({ block: "nearest" });
    }
  }

  choose(number, { range = false } = {}) {
    const places = [this.anchor, number].map((n) => this.items.findIndex((i) => i.number === n));
    if (range && places[0] >= 0) {
      const [first, last] = [Math.min(...places), Math.max(...places)];
      this.chosen = new Set(this.items.slice(first, last + 1).map((item) => item.number));
      return;
    }
    this.anchor = number;
    this.chosen.delete(number) || this.chosen.add(number);
  }

  item(target) {
    const number = Number(target?.closest?.(".ltx-card")?.dataset.number);
    return this.items.find((item) => item.number === number);
  }

  /** @param {MouseEvent} event */
  click(event) {
    const item = this.item(event.target);
    if (!item) {
      return;
    }
    const anchor = this.anchor;
    this.go(item);
    if (event.shiftKey) {
      this.anchor = anchor ?? item.number;
      this.choose(item.number, { range: true });
    } else if (event.ctrlKey || event.metaKey || event.target.closest(".ltx-tick")) {
      this.choose(item.number);
    } else {
      this.told.open(item.number);
    }
    this.mark();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const item = this.items.find(({ number }) => number === this.current);
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    const step = modified ? undefined : this.steps(event.key);
    if (step !== undefined) {
      this.go(this.items[step], { extend: event.shiftKey });
    } else if ((event.ctrlKey || event.metaKey) && event.key === "a") {
      this.items.forEach(({ number }) => this.chosen.add(number));
    } else if (modified || !item) {
      return;
    } else if (event.key === " ") {
      this.choose(item.number, { range: event.shiftKey });
    } else if (event.key === "Enter" && !event.shiftKey) {
      this.told.open(item.number);
    } else if (event.key === "Delete") {
      this.told.remove();
    } else if (event.key === "Escape" && this.chosen.size) {
      this.chosen.clear();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    this.mark();
  }

  /** Where a key leads, as a place in the list. */
  steps(key) {
    const at = this.items.findIndex(({ number }) => number === this.current);
    const row = this.columns();
    const way = {
      ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row,
      PageUp: -3 * row, PageDown: 3 * row, Home: -Infinity, End: Infinity,
    }[key];
    return way === undefined || !this.items.length
      ? undefined
      : Math.min(Math.max(at + way, 0), this.items.length - 1);
  }

  columns() {
    const tops = [...this.el.children].map((card) => card.offsetTop);
    const count = tops.findIndex((top) => top !== tops[0]);
    return count < 0 ? tops.length : count;
  }

  /** Something rests on a card: after a moment it moves, without sound. */
  rest(target) {
    const item = this.item(target);
    if (!item || item.gone || this.calm.matches || this.playing?.number === item.number) {
      return;
    }
    this.stop();
    const playing = { number: item.number };
    playing.timer = setTimeout(() => this.play(playing), Cards.HOVER_MS);
    this.playing = playing;
  }

  async play(playing) {
    const name = `preview-${playing.number}`;
    playing.name = name;
    const url = await this.stills.take(name).catch(() => "");
    const frame = this.made.get(playing.number)?.el.querySelector(".ltx-frame");
    if (url && frame && this.playing === playing) {
      playing.video = build("video", { muted: true, loop: true, playsInline: true, src: url });
      playing.video.setAttribute("aria-hidden", "true");
      playing.video.tabIndex = -1;
      frame.prepend(playing.video);
      playing.video.play().catch(() => {});
    }
  }

  stop() {
    const { timer, name, video } = this.playing ?? {};
    clearTimeout(timer);
    video?.remove();
    if (name) {
      this.stills.leave(name);
    }
    this.playing = null;
  }

  close() {
    this.stop();
    this.watcher.disconnect();
    this.made.forEach(({ undo }) => undo?.());
    this.made.clear();
  }
}
