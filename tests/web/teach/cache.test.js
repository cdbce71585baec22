import assert from "node:assert/strict";
import { test } from "node:test";

import { Cache } from "../../../plugins/cortex_teach/cache.js";

/** @param {number} limit */
function makeCache(limit) {
  /** @type {string[]} */
  const gone = [];
  return { cache: new Cache(limit, (/** @type {string} */ value) => gone.push(value)), gone };
}

test("what was not used for the longest time gives way", () => {
  const { cache, gone } = makeCache(2);
  cache.set("a", "A");
  cache.set("b", "B");
  assert.equal(cache.get("a"), "A");
  cache.set("c", "C");
  assert.deepEqual(gone, ["B"]);
  assert.deepEqual([cache.get("a"), cache.get("b"), cache.get("c")], ["A", undefined, "C"]);
});

test("a value that takes another's place lets that one go", () => {
  const { cache, gone } = makeCache(2);
  cache.set("a", "A");
  cache.set("a", "A again");
  assert.deepEqual(gone, ["A"]);
  assert.equal(cache.get("a"), "A again");
});

test("a cache that is cleared lets everything go", () => {
  const { cache, gone } = makeCache(3);
  cache.set("a", "A");
  cache.set("b", "B");
  cache.clear();
  assert.deepEqual(gone, ["A", "B"]);
  assert.equal(cache.get("a"), undefined);
});
