// The conversation: what the person and the bot have said, as lines that a screen reader reads as they come. Whoever adds
// a line, the oldest ones go, and the newest stays in view of who has not scrolled away from it.

import { make, setText } from "./dom.js";

const KEPT = 200; // lines
const NEAR = 80; // pixels from the end that still count as there

/**
 * @typedef {object} Line
 * @property {"person" | "bot"} by
 * @property {string} text
 * @property {string} [id] of the stimulus, so that the line can be taken back
 * @property {string} [language] a BCP 47 tag
 */

export class Conversation {
  #log;
  #interim;
  #atEnd = true;

  /**
   * @param {HTMLElement} log
   * @param {HTMLElement} interim where words stand that are still being recognised
   */
  constructor(log, interim) {
    this.#log = log;
    this.#interim = interim;
    log.addEventListener("scroll", () => {
      this.#atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
    });
    new MutationObserver(() => this.#tidy()).observe(log, { childList: true });
  }

  /** @param {Line} line */
  add({ by, text, id, language }) {
    const line = make("p", { className: `line ${by}`, textContent: text });
    if (language) line.lang = language;
    if (id !== undefined) line.dataset.id = id;
    if (by === "person") this.#atEnd = true;
    this.#log.append(line);
  }

  /**
   * Take back what turned out not to have been said by the person.
   * @param {string} id
   */
  remove(id) {
    for (const line of this.#log.querySelectorAll("[data-id]")) {
      if (line instanceof HTMLElement && line.dataset.id === id) line.remove();
    }
  }

  /**
   * Show words that may still change; none takes them away.
   * @param {string} text
   * @param {string} language
   */
  interim(text, language) {
    this.#interim.lang = language;
    setText(this.#interim, text);
  }
  #tidy() {
    while (this.#log.childElementCount > KEPT) this.#log.firstElementChild?.remove();
    if (this.#atEnd) this.#log.scrollTop = this.#log.scrollHeight;
  }
}
