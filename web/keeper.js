// What the browser keeps for the page's next life, one text a key. A browser may refuse to: then nothing is kept.

export class Keeper {
  #key;
  #store;

  /**
   * @param {string} key
   * @param {Pick<Storage, "getItem" | "setItem"> | null} [store]
   */
  constructor(key, store = storage()) {
    this.#key = key;
    this.#store = store;
  }

  /** Return what is kept; an empty text where nothing is. */
  read() {
    try {
      return this.#store?.getItem(this.#key) ?? "";
    } catch (error) {
      console.info(`${this.#key} cannot be read:`, error);
      return "";
    }
  }

  /** @param {string} text */
  write(text) {
    try {
      this.#store?.setItem(this.#key, text);
    } catch (error) {
      console.info(`${this.#key} is not kept:`, error);
    }
  }
}

/** Return the browser's store; asking for it throws where the person has forbidden it. */
function storage() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
