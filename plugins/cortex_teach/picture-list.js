// Small pictures side by side, each with a button that removes it where that is wanted.

import { make, makeButton, setItems } from "./elements.js";

/** @import {Glimpses} from "./glimpses.js" */
/** @import {Words} from "./texts.js" */

export class PictureList {
  root = make("ul", { className: "pictures" });
  #words;
  #glimpses;
  #onremove;

  /**
   * @param {Words} words
   * @param {Glimpses} glimpses
   * @param {(picture: string) => void} onremove takes it out of what is shown next, at once
   */
  constructor(words, glimpses, onremove) {
    this.#words = words;
    this.#glimpses = glimpses;
    this.#onremove = onremove;
  }

  /**
   * @param {string[]} pictures their names
   * @param {string} thing that they show
   * @param {boolean} removable
   */
  show(pictures, thing, removable) {
    this.root.dataset.removable = String(removable);
    setItems(this.root, pictures, (picture) => this.#item(picture));
    pictures.forEach((_, index) => {
      const [image, button] = this.root.children[index]?.children ?? [];
      if (image instanceof HTMLImageElement) image.alt = this.#words.picture(index + 1, thing);
      if (button instanceof HTMLButtonElement) button.ariaLabel = this.#words.remove(index + 1, thing);
      if (button instanceof HTMLButtonElement) button.hidden = !removable;
    });
  }

  /** @param {string} picture */
  #item(picture) {
    const item = make("li", {}, this.#glimpses.make(picture));
    item.append(makeButton("wish remove", "×", () => this.#remove(item, picture)));
    return item;
  }

  /**
   * @param {HTMLElement} item
   * @param {string} picture
   */
  #remove(item, picture) {
    const place = [...this.root.children].indexOf(item);
    this.#onremove(picture);
    const next = this.root.children[Math.min(place, this.root.childElementCount - 1)];
    next?.querySelector("button")?.focus({ preventScroll: true });
  }
}
