/**
 * Small pictures and films of clips: a few are asked for at a time, and each is let go of when
 * nobody shows it any more, so that a page stays as small as what is to be seen.
 */
class Stills {
  static AT_ONCE = 3;
  /** @type {Map<string, { uses: number, settled: boolean, address: Promise<string> }>} */
  held = new Map();
  waiting = [];
  going = 0;

  /** @param {Feed} feed */
  constructor(feed) {
    this.feed = feed;
  }

  /** Its address; `leave` it once for each `take`. @param {string} name */
  take(name) {
    let one = this.held.get(name);
    if (!one) {
      one = { uses: 0, settled: false };
      one.address = new Promise((give, fail) => this.waiting.push({ name, one, give, fail }));
      one.address.catch(() => {}); // Whoever shows it has been told as well.
      this.held.set(name, one);
      this.next();
    }
    one.uses += 1;
    return one.address;
  }

  /** @param {string} name */
  leave(name) {
    const one = this.held.get(name);
    if (one && --one.uses === 0) {
      this.held.delete(name);
      if (one.settled) {
        this.feed.drop(name);
      }
    }
  }

  next() {
    while (this.going < Stills.AT_ONCE && this.waiting.length) {
      const { name, one, give, fail } = this.waiting.shift();
      if (this.held.get(name) !== one) {
        fail(new Error("nobody shows it any more"));
        continue;
      }
      this.going += 1;
      this.feed
        .fetch(name)
        .then(give, fail)
        .finally(() => {
          this.going -= 1;
          one.settled = true;
          if (!this.held.has(name)) {
            this.feed.drop(name); // It was left while it was on its way.
          }
          this.next();
        });
    }
  }
}

/** @param {string} tag @param {object} [properties] @param {...(Node | string)} children */
function build(tag, properties = {}, ...children) {
  const { dataset, role, aria = {}, ...rest } = properties;
  const made = Object.assign(document.createElement(tag), rest);
  Object.assign(made.dataset, dataset);
  if (role) {
    made.setAttribute("role", role);
  }
  Object.entries(aria).forEach(([name, value]) => made.setAttribute(`aria-${name}`, value));
  made.append(...children);
  return made;
}

/** A picture that comes when it is there; `undo` lets go of it. @param {Stills} stills */
function picture(stills, img, name) {
  let there = true;
  stills.take(name).then(
    (url) => there && (img.src = url),
    () => there && img.removeAttribute("src"),
  );
  return () => {
    there = false;
    img.removeAttribute("src");
    stills.leave(name);
  };
}

/** The time of today, the day of this year, or the date. @param {string} iso */
function when(iso) {
  const [then, now] = [new Date(iso), new Date()];
  if (then.toDateString() === now.toDateString()) {
    return then.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  }
  const year = then.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return then.toLocaleDateString([], { day: "numeric", month: "short", year });
}
