// The panel of what is enabled: a row for each plugin, kept in place while its figures change.

import { make, setText } from "./dom.js";
import { factsOf, isIll } from "./facts.js";

/** @import {FactWords} from "./facts.js" */
/** @import {Numbers} from "./numbers.js" */
/** @import {PluginStatus} from "./wire.js" */

/**
 * @typedef {object} PanelWords
 * @property {string} plugin
 * @property {string} state
 * @property {string} rate
 * @property {string} median
 * @property {Record<string, string>} ill forms of "{n} do not work"
 */

export class Panel {
  #panel;
  #button;
  #count;
  #ill;
  #table;
  #words;
  #numbers;
  /** @type {PluginStatus[]} */
  #plugins = [];
  /** @type {Map<string, Row>} */
  #rows = new Map();

  /**
   * @param {HTMLElement} panel a popover
   * @param {HTMLElement} button that opens it
   * @param {PanelWords & FactWords} words
   * @param {Numbers} numbers
   */
  constructor(panel, button, words, numbers) {
    this.#panel = panel;
    this.#button = button;
    this.#words = words;
    this.#numbers = numbers;
    this.#count = make("span", { className: "count", ariaHidden: "true" });
    this.#ill = make("span", { className: "unseen" });
    button.append(this.#count, this.#ill);
    const heads = [words.plugin, words.state, words.rate, words.median];
    const head = make("tr", {}, ...heads.map((textContent) => make("th", { scope: "col", textContent })));
    this.#table = make("table", {}, make("thead", {}, head));
    panel.append(this.#table);
    panel.addEventListener("beforetoggle", (event) => {
      const opens = /** @type {ToggleEvent} */ (event).newState === "open";
      this.#button.ariaExpanded = String(opens);
      if (opens) this.#update();
    });
  }

  /** @param {PluginStatus[]} plugins */
  show(plugins) {
    this.#plugins = plugins;
    this.#table.dataset.stale = "false";
    const ill = plugins.filter(isIll).length;
    setText(this.#count, ill > 0 ? this.#numbers.number(ill) : "");
    setText(this.#ill, ill > 0 ? ` (${this.#numbers.count(this.#words.ill, ill)})` : "");
    if (this.#panel.matches(":popover-open")) this.#update();
  }

  /** The server is gone: what is shown is how it was. */
  age() {
    this.#table.dataset.stale = "true";
  }

  #update() {
    const names = new Set(this.#plugins.map(({ name }) => name));
    for (const [name, row] of this.#rows) {
      if (names.has(name)) continue;
      row.body.remove();
      this.#rows.delete(name);
    }
    let before = this.#table.tHead?.nextElementSibling ?? null;
    for (const plugin of this.#plugins) {
      const row = this.#rows.get(plugin.name) ?? new Row(plugin.name);
      this.#rows.set(plugin.name, row);
      row.show(plugin, this.#words, this.#numbers);
      if (row.body === before) before = before.nextElementSibling;
      else this.#table.insertBefore(row.body, before);
    }
  }
}

/** One plugin: a line of facts, and beneath it what limits it and what ails it. */
class Row {
  #state = make("td");
  #rate = make("td", { className: "figure" });
  #median = make("td", { className: "figure" });
  #limits = make("p");
  #reason = make("p", { className: "reason" });
  #beneath = make("tr", { className: "beneath" }, make("td", { colSpan: 4 }, this.#reason, this.#limits));

  /** @param {string} name */
  constructor(name) {
    const head = make("th", { scope: "row" }, ...breakable(name));
    const facts = make("tr", {}, head, this.#state, this.#rate, this.#median);
    this.body = make("tbody", {}, facts, this.#beneath);
  }

  /**
   * @param {PluginStatus} plugin
   * @param {FactWords} words
   * @param {Numbers} numbers
   */
  show(plugin, words, numbers) {
    const facts = factsOf(plugin, words, numbers);
    this.body.dataset.state = plugin.state;
    setText(this.#state, facts.state);
    setText(this.#rate, facts.rate);
    setText(this.#median, facts.median);
    setText(this.#limits, facts.limits);
    setText(this.#reason, facts.reason);
    this.#beneath.hidden = facts.limits === "" && facts.reason === "";
  }
}

/**
 * Return a dotted name in parts between which a line may break.
 * @param {string} name
 */
function breakable(name) {
  return name.split(/(?<=[._])/).flatMap((part, index) => (index === 0 ? [part] : [make("wbr"), part]));
}
