/**
 * Where the film of a player comes from: the small copy first, the file itself when asked for.
 */

/** What the views of one model share: the film's address, and how far it has come. */
class Film {
  /** @type {Set<View>} */ views = new Set();
  quality = "small";
  url = "";
  part = 0;
  trouble = "";
  silent = false;
  asking = "";

  /** @param {Model} model */
  attach(model) {
    this.model = model;
    this.feed = new Feed(model);
    this.serial = model.get("clip").serial;
    model.on("change:clip", this.change);
  }

  detach() {
    this.model.off("change:clip", this.change);
    this.feed.detach();
  }

  /** Another clip: nothing of the one before is kept. */
  change = () => {
    this.feed.drop(`${this.serial}/small`);
    this.feed.drop(`${this.serial}/full`);
    this.serial = this.model.get("clip").serial;
    Object.assign(this, { quality: "small", url: "", part: 0, trouble: "", silent: false, asking: "" });
    this.views.forEach((view) => view.change());
  };

  /** Fetch the film, once it is wanted. @param {string} [quality] */
  async want(quality = this.quality) {
    const asked = `${this.serial}/${quality}`;
    if (this.asking === asked || (this.url && quality === this.quality)) {
      return;
    }
    Object.assign(this, { asking: asked, part: 0, trouble: "" });
    this.show();
    try {
      const url = await this.fetch(asked);
      if (this.asking === asked) {
        Object.assign(this, { url, quality, asking: "" });
        this.views.forEach((view) => view.load());
      }
    } catch (error) {
      if (this.asking === asked) {
        Object.assign(this, { trouble: error.message, asking: "" });
      }
    }
    this.show();
  }

  /** @param {string} name */
  fetch(name) {
    return this.feed.fetch(name, (part, silent) => {
      Object.assign(this, { part, silent });
      this.show();
    });
  }

  /** The full file cannot be played here: back to the small copy. */
  refuse() {
    if (this.quality === "full" && this.model.get("clip").small) {
      this.feed.drop(`${this.serial}/full`);
      this.url = "";
      this.want("small");
      return "This browser cannot play the full file; here is the small copy. Save it to see it elsewhere.";
    }
    this.trouble = "this browser cannot play it";
    this.show();
    return "";
  }

  show() {
    this.views.forEach((view) => view.paint());
  }
}
