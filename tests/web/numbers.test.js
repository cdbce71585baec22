import assert from "node:assert/strict";
import { test } from "node:test";

import { Numbers } from "../../web/numbers.js";

const english = new Numbers("en", { ms: "{n} ms", s: "{n} s" });
const french = new Numbers("fr", { ms: "{n} ms", s: "{n} s" });
const CALLS = { one: "{n} call", other: "{n} calls" };

for (const [value, text] of /** @type {const} */ ([[0, "0"], [0.04, "0"], [0.25, "0.3"], [9.94, "9.9"], [9.96, "10"], [12.4, "12"], [12345, "12,345"]])) {
  test(`${value} is written ${text}`, () => assert.equal(english.number(value), text));
}

for (const [ms, text] of /** @type {const} */ ([
  [0, "0 ms"],
  [0.03, "<0.1 ms"],
  [0.42, "0.4 ms"],
  [24.3, "24 ms"],
  [999.4, "999 ms"],
  [999.6, "1 s"],
  [1240, "1.2 s"],
  [31_000, "31 s"],
])) {
  test(`${ms} ms are written ${text}`, () => assert.equal(english.duration(ms), text));
}

test("French has a comma", () => assert.equal(french.duration(1240), "1,2 s"));

test("a count takes the form that the number asks for in its language", () => {
  assert.deepEqual([0, 1, 1.5, 2].map((count) => english.count(CALLS, count)), ["0 calls", "1 call", "1.5 calls", "2 calls"]);
  assert.deepEqual([0, 1, 1.5, 2].map((count) => french.count(CALLS, count)), ["0 call", "1 call", "1,5 call", "2 calls"]);
  assert.equal(english.count({ other: "{n} left" }, 1), "1 left");
});
