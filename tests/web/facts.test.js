import assert from "node:assert/strict";
import { test } from "node:test";

import { factsOf, isIll } from "../../web/facts.js";
import { Numbers } from "../../web/numbers.js";
import texts from "../../web/texts.js";

/** @type {any} */
const PLUGIN = { name: "describer", state: "working", reason: "" };
const NARROW = /[\u00a0\u202f]/g; // the spaces in French numbers

/** @param {object} status @param {"en" | "fr"} [language] @param {boolean} [isOff] */
function say(status, language = "en", isOff = false) {
  const { panel, units } = texts[language];
  return factsOf({ ...PLUGIN, ...status }, panel, new Numbers(language, units), isOff);
}

test("an older server's status says what it knows", () => {
  assert.deepEqual(say({}), { state: "working", rate: "–", median: "–", reason: "", limits: "", place: "" });
});

test("a status is said in words and figures", () => {
  const status = { state: "busy", rate: 9.84, median_ms: 24.3, calls_left: null, limits: { timeout: 30 } };
  assert.deepEqual(say(status), { state: "busy", rate: "9.8", median: "24 ms", reason: "", limits: "30 s a call at most", place: "" });
});

test("what has not been called is said so", () => {
  const { rate, median } = say({ rate: 0, median_ms: null, calls_left: null, limits: {} });
  assert.deepEqual([rate, median], ["0", "–"]);
});

test("every limit is said, the calls left first", () => {
  const limits = { timeout: 2.5, max_rate: 1, max_calls_per_day: 1000, on: "change", cost: 3 };
  assert.equal(
    say({ calls_left: 97, limits }).limits,
    "97 of 1,000 calls left today · 1 call a second at most · only when the picture changes · 2.5 s a call at most · cost: 3",
  );
  assert.equal(
    say({ calls_left: 1, limits }, "fr").limits.replace(NARROW, " "),
    "appels restants aujourd'hui : 1 sur 1 000 · 1 appel par seconde au plus · seulement si l'image change · 2,5 s par appel au plus · cost: 3",
  );
});

test("a limit that limits nothing is not said, and one that is new is said as it is", () => {
  assert.equal(say({ limits: { on: "always" } }).limits, "");
  assert.equal(say({ limits: { on: "sunday" } }).limits, "sunday");
  assert.equal(say({ calls_left: 5 }).limits, "5 calls left today");
});

test("ill is what rests or has failed, not what starts or is busy", () => {
  const states = /** @type {const} */ (["starting", "working", "busy", "benched", "failed"]);
  assert.deepEqual(states.filter((state) => isIll({ ...PLUGIN, state })), ["benched", "failed"]);
});

test("what it may still cost is said like the calls, rounded down", () => {
  const limits = { max_cost_per_day: 0.5, prices: { image: 0.001 } };
  assert.equal(say({ cost_left: 0.4399, limits }).limits, "0.43 left today · 0.50 a day at most");
  assert.equal(say({ cost_left: 0.29, limits }, "fr").limits, "encore 0,29 aujourd'hui · 0,50 par jour au plus");
});

test("what is switched off is said so, and that nothing goes where its input went", () => {
  const place = { where: "internet", name: "AWS eu-west-1", gets: ["pictures"] };
  const { state, place: said } = say({ place }, "en", true);
  assert.deepEqual([state, said], ["off", "Nothing goes to AWS eu-west-1"]);
});
