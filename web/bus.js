// What the parts of the page, the senses and the actuators tell each other.

/** @import {Action} from "./wire.js" */

/**
 * The events of the page itself; a module may emit others, under names of its own.
 * @typedef {object} Events
 * @property {Action} action an action of the server, whoever carries it out
 * @property {{connected: boolean}} connection
 * @property {{id: string, captured: number}} frame a frame was sent
 * @property {{text: string, language: string}} interim words that are still being recognised; an empty text ends them
 * @property {{name: string, state: string, reason?: string}} report what a sense or an actuator is doing
 * @property {{id: string, text: string, language: string}} sentence the person said or typed something
 * @property {{off: string[]}} switched which plugins are switched off has changed
 * @property {Record<string, never>} type the person had better type: the text box may take the focus
 * @property {{open: boolean, glimpse: boolean}} view the preview begins or ends; a glimpse is one look with the eye shut
 * @property {{speaking: boolean}} voice the bot's voice begins or falls silent
 */

/**
 * @template {string} Type
 * @typedef {Type extends keyof Events ? Events[Type] : any} Detail
 */

export class Bus {
  /** @type {Map<string, Set<(detail: any) => void>>} */
  #listeners = new Map();

  /**
   * Call `listener` for each event of the type, until the signal aborts.
   * @template {string} Type
   * @param {Type} type
   * @param {(detail: Detail<Type>) => void} listener
   * @param {AbortSignal} [signal]
   */
  on(type, listener, signal) {
    if (signal?.aborted) return;
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
    signal?.addEventListener("abort", () => listeners.delete(listener), { once: true });
  }

  /**
   * Tell all who listen. One that throws is reported to the console; the others hear of it all the same.
   * @template {string} Type
   * @param {Type} type
   * @param {Detail<Type>} detail
   */
  emit(type, detail) {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      try {
        listener(detail);
      } catch (error) {
        console.error(`A listener of ${type} failed`, error);
      }
    }
  }
}
