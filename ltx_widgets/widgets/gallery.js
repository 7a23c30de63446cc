/**
 * The gallery: filters, the clips, what can be done with them, and where one comes from.
 * gallery_board.py has the messages.
 */

const PAGE = 24;
const MOST_ANEW = 240;
const TYPING_MS = 250;
const KIN_MS = 350;
const LEASE_MS = 25_000;
const NOUN = (count) => `${count.toLocaleString()} ${count === 1 ? "clip" : "clips"}`;
let views = 0;

class GalleryView {
  query = { words: "", what: "", place: "", show: "all" };
  ask = 0;
  total = 0;
  more = false;
  loading = false;
  kin = [];
  lease = 0;

  constructor(model, el, stills) {
    Object.assign(this, { model, el, stills, id: `v${(views += 1)}` });
    Object.assign(this.query, model.get("query"));
    this.scroller = build("div", { className: "ltx-scroller" });
    this.cards = new Cards(
      stills,
      {
        open: (number) => this.say({ kind: "open", number }),
        remove: () => this.act("remove"),
        changed: () => this.tools(),
      },
      this.scroller,
    );
    this.draw();
    model.on("msg:custom", this.hear);
    this.seen = new IntersectionObserver(([{ isIntersecting }]) => {
      this.visible = isIntersecting;
      this.renew();
    });
    this.seen.observe(el);
    document.addEventListener("visibilitychange", this.renew);
    this.list();
  }

  close() {
    this.freeKeys();
    this.model.off("msg:custom", this.hear);
    document.removeEventListener("visibilitychange", this.renew);
    clearTimeout(this.lease);
    clearTimeout(this.typing);
    clearTimeout(this.kinTimer);
    this.seen.disconnect();
    this.end.disconnect();
    this.cards.close();
    this.kin.forEach((undo) => undo());
  }

  /** @param {object} content */
  say(content) {
    this.model.send({ view: this.id, ...content });
  }

  draw() {
    const button = (name, label, run, title = "") => {
      const made = build("button", { type: "button", className: "ltx-word", textContent: label, title });
      made.onclick = run;
      this[name] = made;
      return made;
    };
    this.search = build("input", {
      type: "search", placeholder: "Search in prompts", value: this.query.words,
      aria: { label: "Search in prompts" },
    });
    this.search.oninput = () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.wish({ words: this.search.value }), TYPING_MS);
    };
    const filters = build(
      "div",
      { className: "ltx-filters", role: "search", aria: { label: "Clips" } },
      this.search,
      this.choice("what", "Kind", this.kinds()),
      this.choice("place", "Place", [
        ["", "Made anywhere"], ["hosted", "Made at fal"], ["server", "Made by your server"],
        ["local", "Made on this computer"],
      ]),
      this.choice("show", "Show", [["all", "All clips"], ["kept", "Kept"], ["bin", "In the bin"]]),
    );
    this.subject = build("span", { className: "ltx-subject ltx-quiet" });
    const tools = build(
      "div",
      { className: "ltx-tools", role: "toolbar", aria: { label: "With these clips" } },
      button("openIt", "Open", () => this.act("open")),
      button("settings", "Use these settings", () => this.act("settings")),
      button("extend", "Extend", () => this.act("extend")),
      button("retake", "Retake", () => this.act("retake")),
      button("fetchIt", "Fetch again", () => this.act("again"), "From the service, while it has it"),
      button("keep", "Keep", () => this.act("keep")),
      button("exporting", "Export …", () => this.unfold()),
      button("remove", "Delete", () => this.act("remove"), "Into the bin, for 30 days"),
      button("restore", "Put back", () => this.act("restore")),
      this.subject,
    );
    this.status = build("span", { role: "status" });
    this.count = build("span", { className: "ltx-count ltx-quiet" });
    const line = build(
      "div", { className: "ltx-line" },
      this.count,
      this.status,
      button("undo", "Undo", () => this.act("undo")),
    );
    this.undo.hidden = true;
    this.empty = build("p", { className: "ltx-empty ltx-quiet", hidden: true });
    const rest = build("div", { className: "ltx-rest" }, button("again", "Show more", () => this.list(true)));
    this.again.hidden = true;
    this.end = new IntersectionObserver(([{ isIntersecting }]) => {
      if (isIntersecting && this.more && !this.loading) {
        this.list(true);
      }
    }, { root: this.scroller, rootMargin: "200px" });
    this.rest = rest;
    this.scroller.append(this.cards.el, this.empty, rest);
    this.out = this.drawExport(button);
    this.family = build("section", { className: "ltx-family", hidden: true, aria: { label: "Lineage" } });
    this.el.classList.add("ltx-gallery");
    this.freeKeys = ownKeys(this.el);
    this.el.append(filters, tools, this.out, line, this.scroller, this.family);
  }

  kinds() {
    const kinds = this.model.get("kinds");
    return [["", "All kinds"], ...kinds];
  }

  choice(name, label, options) {
    const select = build("select", { aria: { label } });
    let into = select;
    for (const [value, text, group] of options) {
      if (group) {
        into = build("optgroup", { label: group });
        select.append(into);
      }
      into.append(build("option", { value, textContent: text }));
    }
    select.value = this.query[name];
    select.onchange = () => this.wish({ [name]: select.value });
    return select;
  }

  drawExport(button) {
    this.extent = build("select", { aria: { label: "Which clips" } });
    this.to = build("input", { type: "text", value: "ltx-clips", aria: { label: "Folder or zip to make" } });
    this.bar = build("progress", { max: 1, value: 0, aria: { label: "Export" } });
    const start = (how) => this.startExport(how);
    return build(
      "div", { className: "ltx-export", hidden: true, role: "group", aria: { label: "Export" } },
      this.extent,
      build("label", {}, "to ", this.to),
      button("toFolder", "Folder", () => start("folder")),
      button("toZip", "Zip file", () => start("zip")),
      button("toBrowser", "Download zip", () => start("download")),
      this.bar,
      button("stopIt", "Cancel", () => this.say({ kind: "stop" })),
    );
  }

  /** What is to be listed has changed. @param {object} part */
  wish(part) {
    Object.assign(this.query, part);
    this.model.set("query", { ...this.query });
    this.model.save_changes();
    this.cards.chosen.clear();
    this.scroller.scrollTop = 0;
    this.wished = true;
    this.list();
  }

  /** Ask for the first pages anew, or for the one after the last. */
  list(onward = false) {
    this.loading = true;
    const { items } = this.cards;
    const before = (onward && items.at(-1)?.number) || null;
    const limit = onward ? PAGE : Math.min(Math.max(items.length, PAGE), MOST_ANEW);
    this.say({ kind: "list", ask: (this.ask += 1), query: this.query, before, limit });
  }

  hear = (said) => {
    if (said.view && said.view !== this.id) {
      return;
    }
    ({
      page: () => this.take(said),
      changed: () => this.drop(said.gone ?? []),
      family: () => this.showKin(said),
      told: () => this.tell(said.text, said.bad, said.undo),
      opened: () => this.seePlayer(),
      export: () => this.showExport(said),
    })[said.kind]?.();
  };

  /** A page of the list; the first one goes over what is there. */
  take({ ask, query, before, items, total, more }) {
    if (ask !== this.ask) {
      return;
    }
    this.loading = false;
    const known = this.cards.items;
    const same = JSON.stringify(query) === this.shown;
    let all = before === null ? items : [...known, ...items];
    if (before === null && same && items.length) {
      // Clips were made or taken out meanwhile: what was loaded before, beyond this page, stays.
      all = [...items, ...known.filter(({ number }) => number < items.at(-1).number)];
    }
    this.shown = JSON.stringify(query);
    this.more = before === null && all.length > items.length ? all.length < total : more;
    this.total = total;
    this.cards.set(all, total);
    this.again.hidden = !this.more;
    // Looked at anew, or an end that was reached while a page was on its way would be missed.
    this.end.unobserve(this.rest);
    this.end.observe(this.rest);
    const plain = !query.words && !query.what && !query.place && query.show === "all";
    this.empty.hidden = total > 0;
    this.empty.textContent = plain
      ? "No clips yet. Whatever you make will be here."
      : "No clip is like that.";
    this.count.textContent = NOUN(total);
    if (this.wished) {
      this.wished = false;
      this.tell(plain ? "" : `${NOUN(total)} found`);
    }
  }

  /** Something is otherwise in the history. @param {number[]} gone */
  drop(gone) {
    const left = this.cards.items.filter(({ number }) => !gone.includes(number));
    if (left.length < this.cards.items.length) {
      this.cards.set(left, this.total);
    }
    this.list();
  }

  /** @param {string} text */
  tell(text, bad = false, undo = null) {
    this.status.textContent = text;
    this.status.classList.toggle("ltx-bad", bad);
    this.undone = undo;
    this.undo.hidden = !undo;
  }

  /** Which buttons there are for what is meant. */
  tools() {
    const meant = this.cards.meant;
    const [one] = meant;
    const binned = this.query.show === "bin";
    const single = meant.length === 1;
    for (const [name, there] of Object.entries({
      openIt: !binned, settings: !binned, extend: !binned, retake: !binned, keep: !binned,
      exporting: !binned, remove: !binned, restore: binned,
      fetchIt: single && one.gone && !binned,
    })) {
      this[name].hidden = !there;
    }
    for (const button of [this.openIt, this.extend, this.retake]) {
      button.disabled = !single || one.gone;
    }
    this.settings.disabled = !single;
    for (const button of [this.keep, this.remove, this.restore]) {
      button.disabled = !meant.length;
    }
    this.exporting.disabled = !this.total;
    this.keep.textContent = meant.length && meant.every((item) => item.kept) ? "Do not keep" : "Keep";
    const chosen = this.cards.chosen.size;
    this.subject.textContent = chosen ? `${chosen} selected` : one ? one.title : "";
    this.fillExtent(meant, chosen);
    this.askKin(single ? one.number : null);
  }

  fillExtent(meant, chosen) {
    const these = chosen > 1 ? `The ${chosen} selected` : meant.length ? "This clip" : "";
    const texts = [...(these ? [["these", these]] : []), ["all", `All ${NOUN(this.total)} listed`]];
    if (JSON.stringify(texts) !== this.extents) {
      this.extents = JSON.stringify(texts);
      const value = this.extent.value;
      this.extent.replaceChildren(
        ...texts.map(([name, textContent]) => build("option", { value: name, textContent })),
      );
      this.extent.value = texts.some(([name]) => name === value) ? value : texts[0][0];
    }
  }

  act(what) {
    const meant = this.cards.meant;
    const numbers = meant.map((item) => item.number);
    const [number] = numbers;
    const keeps = meant.every((item) => item.kept);
    const said = {
      open: { kind: "open", number },
      settings: { kind: "use", number, how: "settings" },
      extend: { kind: "use", number, how: "extend-video" },
      retake: { kind: "use", number, how: "retake-video" },
      again: { kind: "again", number },
      keep: { kind: "keep", numbers, on: !keeps },
      remove: { kind: "remove", numbers },
      restore: { kind: "restore", numbers },
      undo: { kind: "restore", numbers: this.undone },
    }[what];
    if (said.number !== undefined || said.numbers?.length) {
      this.say(said);
    }
  }

  unfold() {
    this.out.hidden = !this.out.hidden;
    this.exporting.setAttribute("aria-expanded", !this.out.hidden);
    if (!this.out.hidden) {
      this.extent.focus();
    }
  }

  startExport(how) {
    const all = this.extent.value === "all";
    const numbers = all ? null : this.cards.meant.map((item) => item.number);
    this.say({ kind: "export", numbers, query: this.query, how, to: this.to.value });
  }

  /** @param {{ phase: string, done: number, total: number, text: string, name?: string,
   *   label?: string, size?: number }} said */
  async showExport(said) {
    const going = said.phase === "going";
    this.out.classList.toggle("ltx-going", going);
    this.bar.value = said.total ? said.done / said.total : 0;
    this.tell(said.text, said.phase === "failed");
    // Every view hears of it; the one that asked gets the file.
    if (said.name && said.for === this.id) {
      await this.download(said);
    }
  }

  async download({ name, label, text }) {
    try {
      const tell = (part) => this.tell(`${text} ${Math.round(100 * part)} % is here.`);
      const url = await this.stills.feed.fetch(name, tell);
      build("a", { href: url, download: label }).click();
      this.tell(`${label} is in your browser's downloads.`);
      // The browser has begun to read it by then.
      setTimeout(() => this.stills.feed.drop(name), LEASE_MS);
      this.say({ kind: "got", name });
    } catch (error) {
      this.tell(error.message, true);
    }
  }

  /** A player that the gallery has itself may be out of sight. */
  seePlayer(frames = 60) {
    this.tell("The clip is open.");
    const player = this.el.closest(".ltx-gallery-box")?.querySelector(".ltx-player");
    if (player) {
      const behavior = this.cards.calm.matches ? "instant" : "smooth";
      player.scrollIntoView({ block: "nearest", behavior });
    } else if (frames > 0) {
      requestAnimationFrame(() => this.seePlayer(frames - 1)); // Its widget is being made.
    }
  }

  askKin(number) {
    if (number === this.kinOf) {
      return;
    }
    this.kinOf = number;
    clearTimeout(this.kinTimer);
    if (number === null) {
      this.family.hidden = true;
    } else {
      this.kinTimer = setTimeout(() => this.say({ kind: "family", number }), KIN_MS);
    }
  }

  /** Where a clip came from and what came from it, as nested lists. */
  showKin({ number, trees, note }) {
    if (number !== this.kinOf) {
      return;
    }
    const focused = this.family.contains(document.activeElement);
    this.kin.forEach((undo) => undo());
    this.kin = [];
    const list = (kin) => build("ul", {}, ...kin.map((one) => build("li", {}, this.relative(one, number), ...(one.children.length ? [list(one.children)] : []))));
    this.family.replaceChildren(
      build("h4", { textContent: "Lineage" }),
      ...(note ? [build("p", { className: "ltx-quiet", textContent: note })] : []),
      list(trees),
    );
    this.family.hidden = !trees.some((tree) => tree.children.length);
    if (focused) {
      this.family.querySelector("[aria-current]")?.focus();
    }
  }

  relative(one, number) {
    const img = build("img", { alt: "" });
    const made = build(
      "button", { type: "button", className: "ltx-kin" },
      img,
      build("span", {}, build("span", { className: "ltx-title", textContent: one.title }), build("span", { className: "ltx-facts", textContent: one.facts })),
    );
    if (one.number === number) {
      made.setAttribute("aria-current", "true");
    }
    made.onclick = () => {
      this.say({ kind: "open", number: one.number });
      const item = this.cards.items.find((card) => card.number === one.number);
      if (item) {
        this.cards.chosen.clear();
        this.cards.go(item, { focus: false });
      } else {
        this.askKin(one.number);
      }
    };
    this.kin.push(picture(this.stills, img, `poster-${one.number}`));
    return made;
  }

  /** While it is to be seen, the kernel looks for clips of other kernels. */
  renew = () => {
    clearTimeout(this.lease);
    if (this.visible && document.visibilityState === "visible") {
      this.say({ kind: "watch" });
      this.lease = setTimeout(this.renew, LEASE_MS);
    } else if (this.watched) {
      this.say({ kind: "rest" });
    }
    this.watched = this.visible;
  };
}

export default () => {
  let feed, stills;
  return {
    /** @param {{ model: Model }} context */
    initialize({ model }) {
      feed = new Feed(model);
      stills = new Stills(feed);
      return () => feed.detach();
    },

    /** @param {{ model: Model, el: HTMLElement }} context */
    render({ model, el }) {
      const view = new GalleryView(model, el, stills);
      return () => view.close();
    },
  };
};
