// The plugins that do not work, or only partly, and why: on the page as soon as that is known.

import { make, setText } from "./dom.js";

/** @import {PluginStatus} from "./wire.js" */

export class Plugins {
  #list;
  #states;
  /** @type {Map<string, HTMLLIElement>} */
  #items = new Map(); // kept while they are shown, so that a screen reader is told of each once

  /**
   * @param {HTMLElement} list
   * @param {Record<PluginStatus["state"] | "partly", string>} states what each state is called; `partly`: it works, but
   */
  constructor(list, states) {
    this.#list = list;
    this.#states = states;
    list.addEventListener("scroll", () => this.#measure());
    new ResizeObserver(() => this.#measure()).observe(list);
  }

  /** @param {PluginStatus[]} plugins */
  show(plugins) {
    const ill = plugins.filter(({ state, reason }) => !works(state) || reason);
    const names = new Set(ill.map(({ name }) => name));
    for (const [name, item] of this.#items) {
      if (names.has(name)) continue;
      item.remove();
      this.#items.delete(name);
    }
    ill.forEach((plugin, index) => {
      const item = this.#items.get(plugin.name) ?? makeItem(plugin.name);
      this.#items.set(plugin.name, item);
      this.#fill(item, plugin);
      if (this.#list.children[index] !== item) this.#list.insertBefore(item, this.#list.children[index] ?? null);
    });
    this.#list.hidden = ill.length === 0;
    this.#measure();
  }

  /** @param {HTMLLIElement} item @param {PluginStatus} plugin */
  #fill(item, { state, reason }) {
    const [, words, why] = item.children;
    if (words === undefined || why === undefined) return;
    setText(words, works(state) ? this.#states.partly : (this.#states[state] ?? state));
    setText(why, reason ?? "");
    item.dataset.state = works(state) ? "working" : state;
  }

  /** Where the list is longer than its place, it says that there is more, and can be scrolled by keyboard too. */
  #measure() {
    const { scrollHeight, clientHeight, scrollTop } = this.#list;
    this.#list.dataset.more = String(scrollHeight - clientHeight - scrollTop > 1);
    if (scrollHeight > clientHeight) this.#list.tabIndex = 0;
    else this.#list.removeAttribute("tabindex");
  }
}

/** @param {string} name */
function makeItem(name) {
  return make("li", {}, make("strong", { textContent: name }), " ", make("span"), make("p"));
}

/** @param {PluginStatus["state"]} state */
function works(state) {
  return state === "working" || state === "busy";
}
