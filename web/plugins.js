// The plugins that do not work, and why.

import { make } from "./dom.js";

/** @import {PluginStatus} from "./wire.js" */

export class Plugins {
  #list;
  #states;
  #shown = "";

  /**
   * @param {HTMLElement} list
   * @param {Record<PluginStatus["state"], string>} states what each state is called
   */
  constructor(list, states) {
    this.#list = list;
    this.#states = states;
  }

  /** @param {PluginStatus[]} plugins */
  show(plugins) {
    const ill = plugins.filter(({ state }) => state !== "working");
    const shown = JSON.stringify(ill);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#list.replaceChildren(...ill.map((plugin) => this.#item(plugin)));
    this.#list.hidden = ill.length === 0;
  }

  /** @param {PluginStatus} plugin */
  #item({ name, state, reason }) {
    const item = make("li", {}, make("strong", { textContent: name }), ` ${this.#states[state] ?? state}`);
    if (reason) item.append(make("span", { textContent: reason }));
    item.dataset.state = state;
    return item;
  }
}
