// Notices: what went wrong, and what to do about it. The same thing is told once, and never too many at a time.

import { make } from "./dom.js";

const SHOWN = 3; // at once; the oldest gives way

/**
 * @typedef {object} Notice
 * @property {string} text what is wrong, and what the person can do
 * @property {string} [key] a later notice of the same key takes the place of this one; left out: the text
 * @property {{label: string, run: () => void}} [action] a button that does it
 */

export class Notices {
  #place;
  #closeLabel;
  /** @type {Map<string, HTMLElement>} */
  #shown = new Map();

  /**
   * @param {HTMLElement} place a live region
   * @param {string} closeLabel
   */
  constructor(place, closeLabel) {
    this.#place = place;
    this.#closeLabel = closeLabel;
  }

  /**
   * Show a notice, if it is not shown already.
   * @param {string | Notice} notice
   * @returns {() => void} takes it away
   */
  add(notice) {
    const { text, key = text, action } = typeof notice === "string" ? { text: notice } : notice;
    const dismiss = () => this.remove(key);
    const shown = this.#shown.get(key);
    if (shown?.dataset.text === text) return dismiss;
    shown?.remove();
    this.#shown.delete(key);

    const card = make("div", { className: "notice" }, make("p", { textContent: text }));
    card.dataset.text = text;
    if (action !== undefined) card.append(button(action.label, () => { dismiss(); action.run(); }));
    card.append(Object.assign(button("×", dismiss), { className: "close", ariaLabel: this.#closeLabel }));
    this.#shown.set(key, card);
    this.#place.append(card);
    for (const oldest of this.#shown.keys()) {
      if (this.#shown.size <= SHOWN) break;
      this.remove(oldest);
    }
    return dismiss;
  }

  /** @param {string} key */
  remove(key) {
    this.#shown.get(key)?.remove();
    this.#shown.delete(key);
  }
}

/**
 * @param {string} textContent
 * @param {() => void} onclick
 */
function button(textContent, onclick) {
  return make("button", { type: "button", textContent, onclick });
}
