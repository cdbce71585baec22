// When recognition may start again after it has ended. Pure: it is told the time.

const FLOOR = 1_000; // ms between two starts
const SHORT = 2_000; // ms: a run that was shorter, and heard nothing, was none
const LIMIT = 5; // such runs one after the other, and it is given up

export class Restarts {
  #startedAt = -Infinity;
  #shortRuns = 0;

  /** @param {number} now ms */
  started(now) {
    this.#startedAt = now;
  }

  /** Something was heard: it works. */
  heard() {
    this.#shortRuns = 0;
  }

  /**
   * A run has ended: return after how many ms the next may start, or null where that is of no use.
   * @param {number} now ms
   */
  pause(now) {
    const ran = now - this.#startedAt;
    this.#shortRuns = ran < SHORT ? this.#shortRuns + 1 : 0;
    return this.#shortRuns >= LIMIT ? null : Math.max(0, FLOOR - ran);
  }
}
