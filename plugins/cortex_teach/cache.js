// A bounded store: what was not used for the longest time gives way. Pure.

/** @template Value */
export class Cache {
  /** @type {Map<string, Value>} */
  #held = new Map(); // the least recently used first
  #limit;
  #drop;

  /**
   * @param {number} limit how many values it holds
   * @param {(value: Value) => void} drop what becomes of a value that goes
   */
  constructor(limit, drop) {
    this.#limit = limit;
    this.#drop = drop;
  }

  /** @param {string} key */
  get(key) {
    const value = this.#held.get(key);
    if (value === undefined) return undefined;
    this.#held.delete(key);
    this.#held.set(key, value);
    return value;
  }

  /**
   * @param {string} key
   * @param {Value} value
   */
  set(key, value) {
    this.#remove(key);
    this.#held.set(key, value);
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= this.#limit) break;
      this.#remove(oldest);
    }
  }

  /** Let everything go. */
  clear() {
    for (const key of [...this.#held.keys()]) this.#remove(key);
  }

  /** @param {string} key */
  #remove(key) {
    const value = this.#held.get(key);
    if (value === undefined) return;
    this.#held.delete(key);
    this.#drop(value);
  }
}
