// A list that the server sends some at a time, and begins anew where it has changed. Pure.

/** @template Item */
export class Pages {
  /** @type {Item[]} */
  items = [];
  /** How many there are on the server; null until it has said so. @type {number | null} */
  total = null;
  #keyOf;
  #fresh = 0; // so many from the beginning are as the server has them now
  #exhausted = false; // the server sends no more, though it counts more

  /** @param {(item: Item) => string} keyOf */
  constructor(keyOf) {
    this.#keyOf = keyOf;
  }

  /** Where the next page begins that is missing, or that may have changed; null where all is there. */
  get next() {
    if (this.total === null) return 0;
    if (this.#fresh < this.items.length) return this.#fresh;
    return this.more ? this.items.length : null;
  }

  /** Whether what is held may have changed since. */
  get stale() {
    return this.#fresh < this.items.length;
  }

  /** Whether there are some that were never sent. */
  get more() {
    return this.total !== null && this.items.length < this.total && !this.#exhausted;
  }

  /**
   * Take a page.
   * @param {number} offset how many come before it
   * @param {Item[]} page
   * @param {number} total
   */
  receive(offset, page, total) {
    if (offset > this.items.length) return; // what comes before it has gone meanwhile
    const had = this.items.length;
    const fresh = new Set(page.map(this.#keyOf));
    const others = (/** @type {Item} */ item) => !fresh.has(this.#keyOf(item));
    const fewer = this.total !== null && total < this.total; // then what is missing is gone, else it was pushed back
    const before = this.items.slice(0, offset).filter(others);
    const after = this.items.slice(fewer ? offset + page.length : offset).filter(others);
    this.items = [...before, ...page, ...after].slice(0, total);
    this.total = total;
    this.#fresh = before.length + page.length;
    this.#exhausted = offset === had && this.items.length === had;
  }

  /**
   * Take one out that the server was asked to remove.
   * @param {string} key
   */
  remove(key) {
    const left = this.items.filter((item) => this.#keyOf(item) !== key);
    if (left.length === this.items.length) return;
    this.items = left;
    this.total = Math.max(0, (this.total ?? 0) - 1);
    this.#fresh = Math.min(this.#fresh, left.length);
  }

  /** What is held may have changed: begin anew, and show it meanwhile. */
  age() {
    this.#fresh = 0;
    this.#exhausted = false;
    if (this.items.length === 0) this.total = null;
  }
}
