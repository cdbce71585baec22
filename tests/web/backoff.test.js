import assert from "node:assert/strict";
import { test } from "node:test";

import { Backoff } from "../../web/backoff.js";

/** @param {Backoff} backoff @param {number} count */
const pauses = (backoff, count) => Array.from({ length: count }, () => backoff.next());

test("without jitter the pauses double from 1 s, up to 15 s", () => {
  assert.deepEqual(pauses(new Backoff(() => 0), 6), [1000, 2000, 4000, 8000, 15000, 15000]);
});

test("jitter takes off half of a pause at most", () => {
  assert.deepEqual(pauses(new Backoff(() => 1), 6), [500, 1000, 2000, 4000, 7500, 7500]);
});

test("after a success the pauses begin again", () => {
  const backoff = new Backoff(() => 0);
  pauses(backoff, 4);
  backoff.reset();
  assert.equal(backoff.next(), 1000);
});
