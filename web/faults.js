// What the server tells of failures: a notice, unless the list of plugins that do not work says the same.

/** @import {Notices} from "./notices.js" */
/** @import {Failure, PluginStatus} from "./wire.js" */

export const PAUSE = 1_500; // ms for which a plugin's failure waits: the list is told of it within a second
export const LASTS = 20_000; // ms for which it stands where the list does not say it: the plugin works all the same
const OF_PLUGINS = ["service-failed", "cortex-failed", "over-limit"];

export class Faults {
  #notices;
  /** @type {PluginStatus[]} */
  #plugins = [];
  /** @type {Map<string, string>} */
  #waiting = new Map(); // messages that wait, by the key of their notice
  /** @type {Map<string, {message: string, timer: ReturnType<typeof setTimeout>, dismiss: () => void}>} */
  #shown = new Map();

  /** @param {Pick<Notices, "add">} notices */
  constructor(notices) {
    this.#notices = notices;
  }

  /** @param {Failure} failure */
  told({ code, message }) {
    if (!OF_PLUGINS.includes(code)) return void this.#notices.add({ key: `error ${code}`, text: message });
    const key = `error ${code} ${message.split(/[\s:]/, 1)[0]}`; // which plugin it is stands first
    if (!this.#waiting.has(key)) setTimeout(() => this.#show(key), PAUSE);
    this.#waiting.set(key, message);
  }

  /** @param {PluginStatus[]} plugins how they are now */
  heard(plugins) {
    this.#plugins = plugins;
    for (const [key, { message }] of this.#shown) if (this.#isSaid(message)) this.#remove(key);
  }

  /** @param {string} key */
  #show(key) {
    const message = this.#waiting.get(key) ?? "";
    this.#waiting.delete(key);
    if (this.#isSaid(message)) return;
    clearTimeout(this.#shown.get(key)?.timer);
    const dismiss = this.#notices.add({ key, text: message });
    this.#shown.set(key, { message, timer: setTimeout(() => this.#remove(key), LASTS), dismiss });
  }

  /** @param {string} key */
  #remove(key) {
    clearTimeout(this.#shown.get(key)?.timer);
    this.#shown.get(key)?.dismiss();
    this.#shown.delete(key);
  }

  /** @param {string} message that begins with a name; a plugin's reason does not, or says less */
  #isSaid(message) {
    const bare = message.slice(message.indexOf(": ") + 1).trim();
    return this.#plugins.some(({ reason }) => reason && (reason.includes(bare) || message.includes(reason)));
  }
}
