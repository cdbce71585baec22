// The dials of the voice: how fast and how loud it is, within what can be understood. Pure: the page keeps the speed.

/** @typedef {"rate" | "volume"} Dial */

/** @type {Record<Dial, [number, number]>} */
const LIMITS = { rate: [0.5, 2], volume: [0.1, 1] };
const KEPT = "cortex.voice.rate"; // where the browser keeps how fast it is to speak

export class Dials {
  /** How fast it speaks; 1 is normal. */
  rate;
  /** How loud it is, from 0 to 1. */
  volume;
  #limits;
  #store;

  /**
   * @param {{rate?: number, volume?: number}} settings which may lie beyond the limits; then it may stay there
   * @param {Pick<Storage, "getItem" | "setItem"> | null} [store]
   */
  constructor({ rate = 1, volume = 1 }, store = null) {
    this.volume = volume;
    this.#store = store;
    this.#limits = { rate: around(LIMITS.rate, rate), volume: around(LIMITS.volume, volume) };
    const kept = Number(read(store));
    this.rate = kept > 0 ? within(kept, this.#limits.rate) : rate;
  }

  /**
   * Turn a dial; tell whether it moved, or stands at its end already.
   * @param {Dial} dial
   * @param {number} factor
   */
  turn(dial, factor) {
    const before = this[dial];
    this[dial] = within(before * factor, this.#limits[dial]);
    if (dial === "rate") write(this.#store, this.rate);
    return this[dial] !== before;
  }
}

/**
 * @param {[number, number]} limits
 * @param {number} value
 * @returns {[number, number]}
 */
function around([least, most], value) {
  return [Math.min(least, value), Math.max(most, value)];
}

/**
 * @param {number} value
 * @param {[number, number]} limits
 */
function within(value, [least, most]) {
  return Math.min(Math.max(value, least), most);
}

/** @param {Pick<Storage, "getItem"> | null} store */
function read(store) {
  try {
    return store?.getItem(KEPT) ?? "";
  } catch (error) {
    return forgo(error);
  }
}

/**
 * @param {Pick<Storage, "setItem"> | null} store
 * @param {number} rate
 */
function write(store, rate) {
  try {
    store?.setItem(KEPT, String(rate));
  } catch (error) {
    forgo(error);
  }
}

/**
 * A browser may refuse to keep anything: then the speed holds for the page's life.
 * @param {unknown} error
 */
function forgo(error) {
  console.info("The voice's speed is not kept:", error);
  return "";
}
