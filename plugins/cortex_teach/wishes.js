// What the person wants of the server: one wish of a kind at a time, and none is waited for in vain.

const PATIENCE = 15_000; // ms that the server may take to answer

/** @typedef {"lesson" | "gallery" | "album"} Kind */

export class Wishes {
  /** @type {Map<Kind, {id: string, timer: ReturnType<typeof setTimeout>}>} */
  #pending = new Map();
  #send;
  #onsilence;

  /**
   * @param {(fields: Record<string, unknown>) => string | null} send
   * @param {(kind: Kind) => void} onsilence the server did not answer, or is gone
   */
  constructor(send, onsilence) {
    this.#send = send;
    this.#onsilence = onsilence;
  }

  /**
   * Tell whether an answer is waited for.
   * @param {Kind} kind
   */
  waits(kind) {
    return this.#pending.has(kind);
  }

  /**
   * Wish for something; tell whether the wish went out.
   * @param {Kind} kind
   * @param {Record<string, unknown>} fields
   */
  make(kind, fields) {
    this.settle(kind);
    const id = this.#send(fields);
    if (id === null) return false;
    const timer = setTimeout(() => this.#despair(kind), PATIENCE);
    this.#pending.set(kind, { id, timer });
    return true;
  }

  /**
   * An action came: what it answers is no longer waited for.
   * @param {{answers?: string, type: string}} action
   */
  answered({ answers, type }) {
    for (const [kind, { id }] of this.#pending) {
      if (answers === id || type === kind) this.settle(kind);
    }
  }

  /** @param {Kind} kind */
  settle(kind) {
    clearTimeout(this.#pending.get(kind)?.timer);
    this.#pending.delete(kind);
  }

  /** The server is gone: nothing will be answered. */
  lose() {
    for (const kind of [...this.#pending.keys()]) this.#despair(kind);
  }

  /** Wait no more. */
  clear() {
    for (const kind of [...this.#pending.keys()]) this.settle(kind);
  }

  /** @param {Kind} kind */
  #despair(kind) {
    this.settle(kind);
    this.#onsilence(kind);
  }
}
