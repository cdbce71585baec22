// What a row of the panel says of a plugin, in words. Pure: it knows no element.

import { placeOf } from "./places.js";

/** @import {Numbers} from "./numbers.js" */
/** @import {PlaceWords} from "./places.js" */
/** @import {PluginStatus} from "./wire.js" */

const UNKNOWN = "–";

/**
 * @typedef {object} FactWords
 * @property {Record<string, string>} states
 * @property {Record<string, string>} left forms of "{n} calls left today"
 * @property {Record<string, string>} leftOf forms of "{left} of {n} calls left today"
 * @property {string} costLeft "{n} left today", of money
 * @property {string} maxCost "{n} a day", of money
 * @property {string} timeout "{s} a call"
 * @property {Record<string, string>} maxRate forms of "{n} calls a second"
 * @property {Record<string, string>} on when it is called, by the limit's value
 * @property {string} off the state of what is switched off
 * @property {PlaceWords} place
 */

/**
 * @typedef {object} Facts
 * @property {string} state
 * @property {string} rate
 * @property {string} median
 * @property {string} reason
 * @property {string} limits
 * @property {string} place
 */

/**
 * Say what is known of a plugin; an older server knows less.
 * @param {PluginStatus} plugin
 * @param {FactWords} words
 * @param {Numbers} numbers
 * @param {boolean} [isOff] whether it is switched off
 * @returns {Facts}
 */
export function factsOf(plugin, words, numbers, isOff = false) {
  const { state, reason, rate, median_ms: median } = plugin;
  return {
    state: isOff ? words.off : (words.states[state] ?? state),
    rate: rate === undefined ? UNKNOWN : numbers.number(rate),
    median: typeof median === "number" ? numbers.duration(median) : UNKNOWN,
    reason: reason ?? "",
    limits: limitsOf(plugin, words, numbers).join(" · "),
    place: placeOf(plugin, isOff, words.place),
  };
}

/**
 * Tell whether a plugin does not do what it is enabled for.
 * @param {PluginStatus} plugin
 */
export function isIll({ state }) {
  return state === "benched" || state === "failed";
}

/**
 * @param {PluginStatus} plugin
 * @param {FactWords} words
 * @param {Numbers} numbers
 */
function limitsOf({ calls_left: left, cost_left: money, limits = {} }, words, numbers) {
  const { timeout, max_rate: rate, max_calls_per_day: calls, max_cost_per_day: cost, prices: _, on, ...others } = limits;
  /** @type {string[]} */
  const said = [];
  if (typeof left === "number") {
    const all = typeof calls === "number" ? numbers.count(words.leftOf, calls) : numbers.count(words.left, left);
    said.push(all.replace("{left}", numbers.number(left)));
  }
  if (typeof money === "number") said.push(words.costLeft.replace("{n}", numbers.money(money)));
  if (typeof cost === "number") said.push(words.maxCost.replace("{n}", numbers.money(cost)));
  if (typeof rate === "number") said.push(numbers.count(words.maxRate, rate));
  if (typeof on === "string" && words.on[on] !== "") said.push(words.on[on] ?? on);
  if (typeof timeout === "number") said.push(words.timeout.replace("{s}", numbers.seconds(timeout)));
  for (const [name, value] of Object.entries(others)) said.push(`${name}: ${value}`);
  return said;
}
