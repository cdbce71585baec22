import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Faults, LASTS, PAUSE } from "../../web/faults.js";

/** @import {Failure, PluginStatus} from "../../web/wire.js" */

const AWAY = "gpt at nas:11434 cannot be reached";
/** @type {Map<string, string>} */
let shown;
/** @type {Faults} */
let faults;

/** @param {string} code @param {string} message @returns {Failure} */
const failure = (code, message) => ({ type: "error", code, message });

/** @param {PluginStatus["state"]} state @param {string} reason @returns {PluginStatus} */
const plugin = (state, reason) => ({ name: "llm", state, reason });

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  shown = new Map();
  faults = new Faults({
    add: (notice) => {
      const { text, key = "" } = /** @type {{text: string, key?: string}} */ (notice);
      shown.set(key, text);
      return () => shown.delete(key);
    },
  });
});

test("what is no plugin's fault is a notice at once, and stays", () => {
  faults.told(failure("bad-text", "the sentence is empty"));
  assert.deepEqual([...shown.values()], ["the sentence is empty"]);
  faults.heard([plugin("benched", "the sentence is empty")]);
  mock.timers.tick(LASTS + PAUSE);
  assert.equal(shown.size, 1);
});

test("what the list of troubles says by then is no notice, whichever of the two came first", () => {
  for (const [code, message, reason] of /** @type {const} */ ([
    ["service-failed", `llm: ${AWAY}`, `${AWAY} (tried again in 15 s)`],
    ["cortex-failed", "looking: ValueError: x", "ValueError: x (tried again in 15 s)"],
    ["over-limit", "llm has spent its 5 of today (max_cost_per_day); it may answer again in 3.0 h", "llm has spent its 5 of today (max_cost_per_day)"],
  ])) {
    faults.heard([plugin("working", "")]);
    faults.told(failure(code, message));
    mock.timers.tick(PAUSE / 2);
    faults.heard([plugin("benched", reason)]);
    mock.timers.tick(PAUSE);
    faults.told(failure(code, message));
    mock.timers.tick(PAUSE);
    assert.equal(shown.size, 0, code);
  }
});

test("what it does not say is a notice, for as long as it takes to be read", () => {
  faults.heard([plugin("working", "its own trouble"), plugin("working", "")]);
  faults.told(failure("over-limit", "llm takes 1 call a second at most (max_rate); it may answer again in 1 s"));
  mock.timers.tick(PAUSE);
  assert.equal(shown.size, 1);
  mock.timers.tick(LASTS - 1);
  assert.equal(shown.size, 1);
  mock.timers.tick(1);
  assert.equal(shown.size, 0);
});

test("a notice goes when the list says the same", () => {
  faults.told(failure("cortex-failed", "llm: ValueError: x"));
  mock.timers.tick(PAUSE);
  assert.equal(shown.size, 1);
  faults.heard([plugin("benched", "ValueError: x (tried again in 15 s)")]);
  assert.equal(shown.size, 0);
});

test("the next fault of the kind is told anew, and lasts as long", () => {
  faults.told(failure("cortex-failed", "llm: one"));
  mock.timers.tick(LASTS);
  faults.told(failure("cortex-failed", "llm: two"));
  mock.timers.tick(PAUSE);
  assert.deepEqual([...shown.values()], ["llm: two"]);
  mock.timers.tick(LASTS - 1);
  assert.equal(shown.size, 1);
});
