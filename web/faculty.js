// One sense or actuator of this client: its module is loaded, opened and closed here, and its failures end here.

import { createContext } from "./context.js";

/** @import {Context, House} from "./context.js" */
/** @import {Action} from "./wire.js" */

/**
 * The browser half of a sense or an actuator; docs/browser.md tells how to write one.
 * @typedef {object} Module
 * @property {(context: Context) => void | Promise<void>} start
 * @property {() => void | Promise<void>} stop
 * @property {(action: any) => void | Promise<void>} [carry] carry out an action, if it is an actuator
 * @property {(context: Context) => void | Promise<void>} [look] perceive once, whether it is open or not
 * @property {Record<string, string>} [title] its button's name by language; without one it is open from the beginning
 * @property {string} [icon] its button's picture: an SVG path on a grid of 24 by 24
 * @property {"watching" | "listening"} [mood] what the bot does while it is open
 */

/** @typedef {"loading" | "closed" | "opening" | "open" | "failed"} FacultyState */

/**
 * @typedef {object} FacultyOptions
 * @property {string} name
 * @property {string} url of its module
 * @property {Record<string, unknown>} settings
 * @property {number} position of its button among the others
 * @property {string[]} carries the types of the actions that it carries out
 * @property {House} house
 * @property {(faculty: Faculty, state: string, reason?: string) => void} onreport
 * @property {(url: string) => Promise<any>} [load]
 */

/** So many actions wait at most for it to open. */
const EARLY = 16;

export class Faculty {
  /** @type {FacultyState} */
  state = "loading";
  reason = "";
  /** What it last reported beside being open, such as `speaking`. */
  activity = "";
  /** @type {Module | null} */
  module = null;
  #options;
  #wanted = false;
  #controller = new AbortController();
  #looks = new AbortController(); // for looks while it is closed
  #looking = 0;
  /** @type {Action[]} */
  #early = []; // what came while it was being loaded or opened
  /** @type {Promise<void>} */
  #turn = Promise.resolve();

  /** @param {FacultyOptions} options */
  constructor(options) {
    this.#options = options;
  }

  get name() {
    return this.#options.name;
  }

  /** The address of its module. */
  get url() {
    return this.#options.url;
  }

  get position() {
    return this.#options.position;
  }

  get carries() {
    return this.#options.carries;
  }

  /** Whether it has a button, and so begins to work only when the person wakes the bot. */
  get hasButton() {
    return this.module?.title !== undefined;
  }

  /** Whether it is open, or about to be; what is barred is, once it is no longer. */
  get wanted() {
    return this.#wanted;
  }

  /** Whether its module could not be loaded: it may be there once the server is back. */
  get missing() {
    return this.state === "failed" && this.module === null;
  }

  /** Whether it watches, and the eyes are shut. */
  get barred() {
    return this.module?.mood === "watching" && this.#options.house.eyes.shut;
  }

  /**
   * Tell whether the server still means the same module, settings and actions.
   * @param {string} url
   * @param {Record<string, unknown>} settings
   * @param {string[]} carries
   */
  matches(url, settings, carries) {
    const { url: mine, settings: set, carries: carried } = this.#options;
    return url === mine && JSON.stringify([settings, carries]) === JSON.stringify([set, carried]);
  }

  // Lifecycle

  /** Load the module; tell whether it can be used, or else report that it failed. What is asked of it meanwhile waits. */
  load() {
    const loading = this.#load();
    this.#turn = loading.then(() => {});
    return loading;
  }

  async #load() {
    const { url, load = (/** @type {string} */ address) => import(address) } = this.#options;
    try {
      const module = await load(url);
      for (const name of ["start", "stop"]) {
        if (typeof module[name] !== "function") throw new TypeError(`${url} exports no ${name}()`);
      }
      this.module = module;
      this.state = "closed";
      if (this.hasButton && !this.#wanted) this.#early = [];
    } catch (error) {
      this.#break(error);
    }
    return this.module !== null;
  }

  /** Open it, unless it is open already. */
  open() {
    if (this.#wanted || (this.module === null && this.state !== "loading")) return this.#turn;
    this.#wanted = true;
    return this.#begin();
  }

  /** Close it, even while it is still opening. */
  close() {
    this.#wanted = false;
    this.#early = [];
    this.#controller.abort(new DOMException("it was closed", "AbortError"));
    return this.#then(() => this.#stop("closed"));
  }

  /** Notice that the eyes were shut, or are no longer: what watches closes, and comes back if it had been open. */
  blink() {
    if (this.module?.mood !== "watching") return this.#turn;
    if (!this.barred) return this.#wanted ? this.#begin() : this.#turn;
    const { refusal } = this.#options.house.eyes;
    const reason = new DOMException(refusal, "AbortError");
    this.#controller.abort(reason);
    this.#looks.abort(reason);
    this.#looks = new AbortController();
    if (this.#looking > 0) this.#options.onreport(this, "failed", refusal);
    return this.#then(() => this.#stop("closed"));
  }

  // Actions

  /**
   * Have it carry out an action, if it is open, or once it is, if it is about to be.
   * @param {Action} action
   */
  carry(action) {
    if (this.state === "open") return this.#guard(async () => this.module?.carry?.(action));
    if (this.state === "loading" || this.state === "opening") this.#early = [...this.#early.slice(1 - EARLY), action];
  }

  /** Have it perceive once, whether it is open or not. */
  look() {
    const { signal } = this.#wanted ? this.#controller : this.#looks;
    return this.#guard(async () => {
      if (this.state === "loading") await this.#turn;
      if (this.barred) return this.#refuse();
      this.#looking += 1;
      try {
        await this.module?.look?.(this.#context(signal));
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        this.#looking -= 1;
      }
    });
  }

  /**
   * Notice an error that its code threw where nobody caught it, in a timer for example: it fails of that.
   * @param {unknown} error
   */
  fail(error) {
    const { aborted } = this.#controller.signal;
    const ending = aborted && (this.state === "open" || this.state === "opening");
    const late = aborted && error instanceof DOMException && error.name === "AbortError";
    if (this.state !== "failed" && !ending && !late) this.#end(error);
  }

  // Internal

  #begin() {
    this.#controller.abort(); // one that waits for its turn would be a second start
    const { signal } = (this.#controller = new AbortController());
    return this.#then(() => this.#start(signal));
  }

  /** It is asked to look while the eyes are shut: let nobody wait for that. */
  #refuse() {
    const { eyes } = this.#options.house;
    eyes.refuse();
    this.#options.onreport(this, "failed", eyes.refusal);
  }

  /** @param {AbortSignal} signal */
  async #start(signal) {
    if (signal.aborted || this.module === null) return;
    if (this.barred) return this.#become("closed");
    this.#become("opening");
    try {
      await Promise.race([this.module.start(this.#context(signal)), rejection(signal)]);
      if (!signal.aborted) this.#become("open");
    } catch (error) {
      if (!signal.aborted) this.#break(error);
    }
  }

  /**
   * @param {"closed" | "failed"} state
   * @param {string} [reason]
   */
  async #stop(state, reason = "") {
    const begun = this.state === "open" || this.state === "opening";
    if (!begun && state === "closed") return;
    this.activity = "";
    try {
      if (begun) await this.module?.stop();
    } catch (error) {
      console.error(`${this.name}:`, error);
    }
    this.#become(state, reason);
  }

  /** @param {unknown} error */
  #break(error) {
    console.error(`${this.name}:`, error);
    this.#end(error);
  }

  /** @param {unknown} error */
  #end(error) {
    this.#wanted = false;
    this.#controller.abort(error);
    void this.#then(() => this.#stop("failed", explain(error)));
  }

  /** @param {() => Promise<void>} call */
  async #guard(call) {
    try {
      await call();
    } catch (error) {
      this.#break(error);
    }
  }

  /** @param {() => Promise<void>} step */
  #then(step) {
    this.#turn = this.#turn.then(step);
    return this.#turn;
  }

  /**
   * @param {FacultyState} state
   * @param {string} [reason]
   */
  #become(state, reason = "") {
    this.state = state;
    this.reason = reason;
    this.#options.onreport(this, state, reason);
    if (state === "opening") return;
    const early = this.#early;
    this.#early = [];
    for (const action of early) void this.carry(action); // not if it could not be opened
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Context}
   */
  #context(signal) {
    const { name, settings, house } = this.#options;
    return createContext(house, {
      name,
      settings,
      signal,
      fail: (error) => {
        if (!signal.aborted) this.#break(error);
      },
      report: (state, reason) => {
        if (signal.aborted) return;
        if (state === "failed") return this.#break(new Error(reason));
        this.activity = state;
        this.#options.onreport(this, state, reason);
      },
    });
  }
}

/** @param {AbortSignal} signal */
function rejection(signal) {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** @param {unknown} error */
function explain(error) {
  return error instanceof Error ? error.message || error.name : String(error);
}
