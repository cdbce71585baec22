// How long to wait before trying again: pauses that grow, with jitter so that clients do not come back all at once.

const FIRST = 1_000; // ms
const LAST = 15_000; // ms

export class Backoff {
  #failures = 0;
  #random;

  /** @param {() => number} random from 0 to 1 */
  constructor(random = Math.random) {
    this.#random = random;
  }

  /** Return the next pause in ms: each twice as long as the one before, and less by up to half of it. */
  next() {
    const pause = Math.min(LAST, FIRST * 2 ** this.#failures);
    this.#failures += 1;
    return pause * (1 - this.#random() / 2);
  }

  /** Begin again with the shortest pause. */
  reset() {
    this.#failures = 0;
  }
}
