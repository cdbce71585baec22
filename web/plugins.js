// The plugins that do not work, or only partly, and why: on the page as soon as that is known.

import { make } from "./dom.js";

/** @import {PluginStatus} from "./wire.js" */

export class Plugins {
  #list;
  #states;
  #shown = "";

  /**
   * @param {HTMLElement} list
   * @param {Record<PluginStatus["state"] | "partly", string>} states what each state is called; `partly`: it works, but
   */
  constructor(list, states) {
    this.#list = list;
    this.#states = states;
  }

  /** @param {PluginStatus[]} plugins */
  show(plugins) {
    const ill = plugins.filter(({ state, reason }) => !works(state) || reason);
    const shown = JSON.stringify(ill.map(({ name, state, reason }) => [name, works(state) || state, reason]));
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#list.replaceChildren(...ill.map((plugin) => this.#item(plugin)));
    this.#list.hidden = ill.length === 0;
  }

  /** @param {PluginStatus} plugin */
  #item({ name, state, reason }) {
    const item = make("li", {}, make("strong", { textContent: name }), ` ${works(state) ? this.#states.partly : (this.#states[state] ?? state)}`);
    if (reason) item.append(make("span", { textContent: reason }));
    item.dataset.state = works(state) ? "working" : state;
    return item;
  }
}

/** @param {PluginStatus["state"]} state */
function works(state) {
  return state === "working" || state === "busy";
}
