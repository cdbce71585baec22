// What boxes there are to draw: of each cortex those of the last frame that it found any on. Pure: it is told the time.

/** @import {Box, Show} from "../wire.js" */

export const LASTS = 2_000; // ms for which boxes are believed that do not hold: what they were about may have moved
const MOST = 30; // boxes at once, of all cortexes
const OWN = 64; // stimuli of this page that are remembered

export class Sightings {
  /** @type {string[]} */
  #own = [];
  /** @type {Map<string, {answers: string, boxes: Box[], until: number}>} */
  #found = new Map();

  /** When the first boxes that are drawn now are no longer believed. */
  get until() {
    return Math.min(Infinity, ...[...this.#found.values()].map(({ until }) => until));
  }

  /** @param {string} id of a frame or a sentence of this page: only what answers one is about its preview */
  sent(id) {
    this.#own = [...this.#own.slice(1 - OWN), id];
  }

  /**
   * Take what a cortex shows; tell whether there is anything new to draw.
   * @param {Pick<Show, "answers" | "cortex" | "boxes" | "holds">} show
   * @param {number} now ms
   */
  see({ answers = "", cortex = "", boxes = [], holds = false }, now) {
    if (answers !== "" && !this.#own.includes(answers)) return false;
    const before = this.#found.get(cortex);
    if (boxes.length > 0) this.#found.set(cortex, { answers, boxes: boxes.slice(0, MOST), until: holds ? Infinity : now + LASTS });
    else if (before === undefined || before.answers === answers) return false; // the same frame: a text beside its boxes
    else this.#found.delete(cortex);
    return true;
  }

  /**
   * Return the boxes that hold now.
   * @param {number} now ms
   */
  at(now) {
    for (const [cortex, { until }] of this.#found) if (until <= now) this.#found.delete(cortex);
    return [...this.#found.values()].flatMap(({ boxes }) => boxes).slice(0, MOST);
  }

  /** Forget everything: the camera is shut or another one, and what is still on its way is not about what is seen now. */
  clear() {
    this.#own = [];
    this.#found.clear();
  }
}
