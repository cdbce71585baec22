// Tabs, of which one is chosen: by a click, or by the arrow keys.

import { make } from "./elements.js";

export class Tabs {
  root = make("div", { className: "tabs", role: "tablist" });
  /** The key of the chosen one. */
  chosen = "";
  /** @type {Map<string, {tab: HTMLButtonElement, view: HTMLElement}>} */
  #all = new Map();
  #onchoose;

  /**
   * @param {Record<string, string>} names by key
   * @param {Record<string, HTMLElement>} views by key
   * @param {(key: string) => void} onchoose the person has chosen one
   */
  constructor(names, views, onchoose) {
    this.#onchoose = onchoose;
    for (const [key, view] of Object.entries(views)) {
      const tab = make("button", { type: "button", role: "tab", id: `teach-tab-${key}`, textContent: names[key] ?? key });
      tab.onclick = () => onchoose(key);
      Object.assign(view, { role: "tabpanel", id: `teach-view-${key}` });
      view.setAttribute("aria-labelledby", tab.id);
      tab.setAttribute("aria-controls", view.id);
      this.#all.set(key, { tab, view });
      this.root.append(tab);
    }
    this.root.onkeydown = ({ key }) => this.#move({ ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0);
  }

  /** @param {string} chosen key of the one whose view is shown */
  choose(chosen) {
    this.chosen = chosen;
    for (const [key, { tab, view }] of this.#all) {
      tab.ariaSelected = String(key === chosen);
      tab.tabIndex = key === chosen ? 0 : -1;
      view.hidden = key !== chosen;
    }
  }

  /** Put the focus on the chosen one. */
  focus() {
    this.#all.get(this.chosen)?.tab.focus({ preventScroll: true });
  }

  /** @param {number} steps to the right */
  #move(steps) {
    const keys = [...this.#all.keys()];
    const key = keys[(keys.indexOf(this.chosen) + steps + keys.length) % keys.length];
    if (steps === 0 || key === undefined) return;
    this.#onchoose(key);
    this.focus();
  }
}
