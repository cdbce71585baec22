// The gallery: all that is known, the last taught first.

import { make, makeButton, setItems, setText } from "./elements.js";
import { More } from "./more.js";

/** @import {Glimpses} from "./glimpses.js" */
/** @import {Pages} from "./pages.js" */
/** @import {Words} from "./texts.js" */

/** @typedef {{name: string, pictures: number, taught: number, cover: string}} Known */

export class Gallery {
  root = make("div", { className: "view gallery" });
  #words;
  #glimpses;
  #onopen;
  #count = make("p", { className: "count-text" });
  #things = make("ul", { className: "things" });
  #empty;
  #more;

  /**
   * @param {Words} words
   * @param {Glimpses} glimpses
   * @param {object} on what the person does
   * @param {(name: string) => void} on.open a thing
   * @param {() => void} on.more
   * @param {() => void} on.teach
   */
  constructor(words, glimpses, on) {
    this.#words = words;
    this.#glimpses = glimpses;
    this.#onopen = on.open;
    this.#more = new More(words, on.more);
    this.#empty = make("div", { className: "empty", hidden: true });
    this.#empty.append(make("p", {}, words.emptyTitle), make("p", {}, words.emptyText), makeButton("main", words.first, on.teach));
    this.root.append(this.#count, this.#empty, this.#things, this.#more.button);
  }

  /**
   * Put the focus on a thing, or on the first where it is gone.
   * @param {string} name
   */
  focus(name) {
    const item = this.#items().find(({ dataset }) => dataset.key === name);
    const place = item ?? (this.#empty.hidden ? this.#things : this.#empty);
    place.querySelector("button")?.focus();
  }

  /**
   * @param {Pages<Known>} pages
   * @param {boolean} loading
   */
  show(pages, loading) {
    const { items, total } = pages;
    this.#empty.hidden = total !== 0;
    setText(this.#count, total === null || total === 0 ? "" : this.#words.things(total));
    setItems(this.#things, items.map(({ name }) => name), (name) => this.#item(name));
    this.#items().forEach((item, index) => {
      const known = items[index];
      if (known !== undefined) this.#fill(item, known);
    });
    this.#more.show(pages, loading);
  }

  #items() {
    return /** @type {HTMLElement[]} */ ([...this.#things.children]);
  }

  /** @param {string} name */
  #item(name) {
    const button = makeButton("thing", "", () => this.#onopen(name));
    const count = make("span", { className: "count-text" });
    button.append(this.#glimpses.make(""), make("span", { className: "name", dir: "auto", textContent: name }), count);
    return make("li", {}, button);
  }

  /**
   * @param {HTMLElement} item
   * @param {Known} known
   */
  #fill(item, { cover, pictures }) {
    const image = item.querySelector("img");
    const count = item.querySelector(".count-text");
    if (image !== null) this.#glimpses.change(image, cover);
    if (count !== null) setText(count, this.#words.pictures(pictures));
  }
}
