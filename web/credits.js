// Flow control: a sense sends only when it holds a credit of the server, so that nothing can pile up anywhere.

export class Credits {
  /** @type {Map<string, number>} */
  #held = new Map();
  /** @type {Map<string, Array<() => void>>} */
  #waiting = new Map();
  #connection = 0;

  /**
   * Hold so many more credits; who has waited longest gets the first.
   * @param {string} sense
   * @param {number} count
   */
  grant(sense, count) {
    const waiting = this.#waiting.get(sense) ?? [];
    let left = count;
    for (; left > 0 && waiting.length > 0; left -= 1) waiting.shift()?.();
    this.#held.set(sense, (this.#held.get(sense) ?? 0) + left);
  }

  /**
   * Consume one credit, as soon as one is held.
   * @param {string} sense
   * @param {AbortSignal} [signal] aborted: give up waiting
   * @returns {Promise<() => void>} gives the credit back, where it was not used
   */
  take(sense, signal) {
    const held = this.#held.get(sense) ?? 0;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (held > 0) {
      this.#held.set(sense, held - 1);
      return Promise.resolve(this.#lend(sense));
    }
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(sense) ?? [];
      this.#waiting.set(sense, waiting);
      const giveUp = () => {
        waiting.splice(waiting.indexOf(turn), 1);
        reject(signal?.reason);
      };
      const turn = () => {
        signal?.removeEventListener("abort", giveUp);
        resolve(this.#lend(sense));
      };
      waiting.push(turn);
      signal?.addEventListener("abort", giveUp, { once: true });
    });
  }

  /** Forget every credit, since the connection that they were for is gone. Who waits goes on waiting. */
  clear() {
    this.#connection += 1;
    this.#held.clear();
  }

  /** @param {string} sense */
  #lend(sense) {
    const connection = this.#connection;
    return () => {
      if (connection === this.#connection) this.grant(sense, 1);
    };
  }
}
