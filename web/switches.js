// Which plugins are switched off. The server is the truth; the browser keeps what the person wants, for the next hello.

/** @import {Keeper} from "./keeper.js" */
/** @import {Message, PluginStatus} from "./wire.js" */

export class Switches {
  /** The names of the plugins that are off in this session. */
  off = /** @type {Set<string>} */ (new Set());
  #keeper;
  #send;
  /** @type {Set<string>} */
  #wanted;

  /**
   * @param {Pick<Keeper, "read" | "write">} keeper
   * @param {(message: Message) => boolean} send
   */
  constructor(keeper, send) {
    this.#keeper = keeper;
    this.#send = send;
    this.#wanted = new Set(parse(keeper.read()));
  }

  /** What the person wants to be off, also of plugins that this server does not have now: they may come back. */
  get wanted() {
    return [...this.#wanted].sort();
  }

  /**
   * Ask the server to switch a plugin; it is switched once the server says so.
   * @param {string} plugin
   * @param {boolean} on
   */
  turn(plugin, on) {
    this.#send({ type: "switch", plugin, on });
  }

  /**
   * Take what the server says is off at its hello; what has only now become a plugin that can be switched is told to it.
   * @param {string[]} off
   * @param {PluginStatus[]} plugins
   */
  greet(off, plugins) {
    const missing = known(plugins).filter((name) => this.#wanted.has(name) && !off.includes(name));
    this.off = new Set([...off, ...missing]);
    for (const name of missing) this.turn(name, false);
    for (const name of off) this.#wanted.add(name);
    this.#keep();
  }

  /**
   * Take what the server says is off, whoever switched it.
   * @param {string[]} off
   * @param {PluginStatus[]} plugins
   */
  switched(off, plugins) {
    this.off = new Set(off);
    for (const name of known(plugins)) this.#wanted.delete(name);
    for (const name of off) this.#wanted.add(name);
    this.#keep();
  }

  #keep() {
    this.#keeper.write(JSON.stringify(this.wanted));
  }
}

/**
 * Return the names of those that can be switched.
 * @param {PluginStatus[]} plugins
 */
function known(plugins) {
  return plugins.filter(({ place }) => place).map(({ name }) => name);
}

/** @param {string} text */
function parse(text) {
  try {
    const names = JSON.parse(text || "[]");
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}
