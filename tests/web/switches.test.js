import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Switches } from "../../web/switches.js";

/** @import {PluginStatus} from "../../web/wire.js" */

/** @type {any[]} */
let sent;
let kept = "";

/** @returns {Switches} */
const make = () => new Switches({ read: () => kept, write: (text) => void (kept = text) }, (message) => sent.push(message) > 0);

/** @param {string} name @returns {PluginStatus} */
const cortex = (name) => ({ name, state: "working", reason: "", place: { where: "machine" } });

beforeEach(() => {
  sent = [];
  kept = "";
});

test("a switch is asked for, and turned only when the server says so", () => {
  const switches = make();
  switches.turn("aws", false);
  assert.deepEqual(sent, [{ type: "switch", plugin: "aws", on: false }]);
  assert.deepEqual([...switches.off], []);
  switches.switched(["aws"], [cortex("aws")]);
  assert.deepEqual([...switches.off], ["aws"]);
});

test("what is off is kept for the next hello, whoever switched it, and what is on again is not", () => {
  make().switched(["aws", "llm"], [cortex("aws"), cortex("llm")]);
  assert.deepEqual(make().wanted, ["aws", "llm"]);
  make().switched(["llm"], [cortex("aws"), cortex("llm")]);
  assert.deepEqual(make().wanted, ["llm"]);
});

test("what this server does not have now stays off for when it comes back, and is then told to it", () => {
  kept = '["aws"]';
  const switches = make();
  switches.greet([], [cortex("llm")]);
  switches.switched(["llm"], [cortex("llm")]);
  assert.deepEqual(make().wanted, ["aws", "llm"]);
  assert.deepEqual(sent, []);
  switches.greet(["llm"], [cortex("llm"), cortex("aws")]);
  assert.deepEqual(sent, [{ type: "switch", plugin: "aws", on: false }]);
  assert.deepEqual([...switches.off].sort(), ["aws", "llm"]);
});

test("nonsense in the browser's store is nothing", () => {
  for (kept of ["{", '{"a": 1}', "[1, null]", "7"]) assert.deepEqual(make().wanted, []);
});
