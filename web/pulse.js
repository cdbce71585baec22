// How often frames are sent, and how long each takes from its capture to its label. Pure: it is told the time.

const WINDOW = 2_000; // ms over which frames are counted
const KEPT = 64; // frames whose capture time is remembered

export class Pulse {
  /** @type {Map<string, number>} */
  #captured = new Map();
  /** @type {number[]} */
  #sent = [];
  /** Time from capture to label of the last labelled frame, in ms; null where there is none yet. */
  lag = /** @type {number | null} */ (null);

  /**
   * @param {string} id of a frame that was sent
   * @param {number} captured ms since 1970
   * @param {number} now ms since 1970
   */
  sent(id, captured, now) {
    this.#captured.set(id, captured);
    this.#sent.push(now);
    for (const [oldest] of this.#captured) {
      if (this.#captured.size <= KEPT) break;
      this.#captured.delete(oldest);
    }
  }

  /**
   * @param {string | undefined} id of a stimulus that was answered; it may be no frame of ours
   * @param {number} now ms since 1970
   */
  answered(id, now) {
    const captured = id === undefined ? undefined : this.#captured.get(id);
    if (captured !== undefined) this.lag = now - captured;
  }

  /**
   * Return how many frames a second were sent lately.
   * @param {number} now ms since 1970
   */
  rate(now) {
    this.#sent = this.#sent.filter((at) => now - at < WINDOW);
    return this.#sent.length / (WINDOW / 1000);
  }
}
