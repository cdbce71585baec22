// Which of the recogniser's results are new sentences. Pure: it is told the time.

const ECHO = 1_500; // ms in which Android says the same sentence twice

export class Finals {
  /** Results of this run that have been taken. */
  #taken = 0;
  #last = "";
  #lastAt = -Infinity;

  /** A run begins: its results are counted anew. */
  begin() {
    this.#taken = 0;
  }

  /**
   * Tell whether the result is a sentence that has not been taken yet, and take it.
   * @param {number} index of the result in its run
   * @param {string} text
   * @param {number} now ms
   */
  take(index, text, now) {
    if (index < this.#taken) return false;
    this.#taken = index + 1;
    const words = text.trim().toLowerCase();
    const isNew = words !== "" && !(words === this.#last && now - this.#lastAt < ECHO);
    this.#last = words;
    this.#lastAt = now;
    return isNew;
  }
}
