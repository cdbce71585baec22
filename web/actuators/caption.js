// The text that is read: it stays until the cortex that read it sees none, yet long enough to be read by the person too.

/** @import {Show} from "../wire.js" */

export const SHOWN = 10_000; // ms that a text stays at least

export class Caption {
  #write;
  #cortex = "";
  #answers = "";
  #until = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(text: string) => void} write puts a text on the page, or none */
  constructor(write) {
    this.#write = write;
  }

  /** @param {Pick<Show, "answers" | "cortex" | "text">} show what a cortex shows, with a text or without */
  see({ answers = "", cortex = "", text = "" }) {
    if (text !== "") this.#put(cortex, answers, text);
    else if (cortex === this.#cortex && answers !== this.#answers) this.#fade();
  }

  clear() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#cortex = this.#answers = "";
    this.#write("");
  }

  /** @param {string} cortex @param {string} answers @param {string} text */
  #put(cortex, answers, text) {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#cortex = cortex;
    this.#answers = answers;
    this.#until = Date.now() + SHOWN;
    this.#write(text);
  }

  #fade() {
    this.#timer ??= setTimeout(() => this.clear(), Math.max(0, this.#until - Date.now()));
  }
}
