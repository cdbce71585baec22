// The panel of what is enabled: a row for each plugin, kept in place while its figures change.

import { make, setText } from "./dom.js";
import { factsOf, isIll } from "./facts.js";

/** @import {Facts, FactWords} from "./facts.js" */
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
  #onswitch;
  /** @type {PluginStatus[]} */
  #plugins = [];
  /** @type {Set<string>} */
  #off = new Set();
  /** @type {Map<string, Row>} */
  #rows = new Map();

  /**
   * @param {HTMLElement} panel a popover
   * @param {HTMLElement} button that opens it
   * @param {PanelWords & FactWords} words
   * @param {Numbers} numbers
   * @param {(plugin: string, on: boolean) => void} onswitch the person wants a plugin on or off
   */
  constructor(panel, button, words, numbers, onswitch) {
    this.#panel = panel;
    this.#button = button;
    this.#words = words;
    this.#numbers = numbers;
    this.#onswitch = onswitch;
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

  /**
   * @param {PluginStatus[]} plugins
   * @param {Set<string>} off the names of those that are switched off
   */
  show(plugins, off) {
    this.#plugins = plugins;
    this.#off = off;
    this.#table.dataset.stale = "false";
    const ill = plugins.filter(isIll).length;
    setText(this.#count, ill > 0 ? this.#numbers.number(ill) : "");
    setText(this.#ill, ill > 0 ? ` (${this.#numbers.count(this.#words.ill, ill)})` : "");
    if (this.#panel.matches(":popover-open")) this.#update();
  }

  /** The server is gone: what is shown is how it was, and nothing can be switched. */
  age() {
    this.#table.dataset.stale = "true";
    for (const row of this.#rows.values()) row.age();
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
      const row = this.#rows.get(plugin.name) ?? new Row(plugin.name, this.#onswitch);
      this.#rows.set(plugin.name, row);
      row.show(plugin, factsOf(plugin, this.#words, this.#numbers, this.#off.has(plugin.name)), this.#off.has(plugin.name));
      if (this.#table.dataset.stale === "true") row.age();
      if (row.body === before) before = before.nextElementSibling;
      else this.#table.insertBefore(row.body, before);
    }
  }
}

/** One plugin: a line of facts, and beneath it where its input goes, what limits it and what ails it. */
class Row {
  #state = make("td");
  #rate = make("td", { className: "figure" });
  #median = make("td", { className: "figure" });
  #place = make("p", { className: "place" });
  #switch;
  #limits = make("p");
  #reason = make("p", { className: "reason" });
  #beneath;

  /**
   * @param {string} name
   * @param {(plugin: string, on: boolean) => void} onswitch
   */
  constructor(name, onswitch) {
    const head = make("th", { scope: "row" }, ...breakable(name));
    const facts = make("tr", {}, head, this.#state, this.#rate, this.#median);
    this.#switch = make("button", { type: "button", className: "switch", ariaLabel: name, hidden: true });
    this.#switch.setAttribute("role", "switch");
    this.#switch.onclick = () => {
      if (this.#switch.ariaDisabled !== "true") onswitch(name, this.#switch.ariaChecked !== "true");
    };
    this.#place.id = `place-of-${name}`;
    this.#switch.setAttribute("aria-describedby", this.#place.id);
    const words = make("div", {}, this.#place, this.#reason, this.#limits);
    this.#beneath = make("tr", { className: "beneath" }, make("td", { colSpan: 4 }, make("div", {}, words, this.#switch)));
    this.body = make("tbody", {}, facts, this.#beneath);
  }

  /**
   * @param {PluginStatus} plugin
   * @param {Facts} facts
   * @param {boolean} isOff
   */
  show({ state, place }, facts, isOff) {
    this.body.dataset.state = isOff ? "off" : state;
    this.body.dataset.where = place?.where ?? "";
    setText(this.#state, facts.state);
    setText(this.#rate, facts.rate);
    setText(this.#median, facts.median);
    setText(this.#place, facts.place);
    setText(this.#limits, facts.limits);
    setText(this.#reason, facts.reason);
    this.#switch.hidden = !place;
    this.#switch.ariaChecked = String(!isOff);
    this.#switch.ariaDisabled = "false";
    this.#beneath.hidden = !place && facts.limits === "" && facts.reason === "";
  }

  /** It cannot be switched for now. */
  age() {
    this.#switch.ariaDisabled = "true";
  }
}

/**
 * Return a dotted name in parts between which a line may break.
 * @param {string} name
 */
function breakable(name) {
  return name.split(/(?<=[._])/).flatMap((part, index) => (index === 0 ? [part] : [make("wbr"), part]));
}
