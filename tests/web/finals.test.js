import assert from "node:assert/strict";
import { test } from "node:test";

import { Finals } from "../../senses/hearing/finals.js";

test("each result of a run is taken once", () => {
  const finals = new Finals();
  finals.begin();
  assert.equal(finals.take(0, "hello", 0), true);
  assert.equal(finals.take(0, "hello", 5_000), false);
  assert.equal(finals.take(1, "what do you see", 6_000), true);
});

test("Android's second telling of a sentence is none", () => {
  const finals = new Finals();
  finals.begin();
  assert.equal(finals.take(0, "hello", 0), true);
  assert.equal(finals.take(1, " Hello", 300), false);
});

test("who says the same again a while later means it", () => {
  const finals = new Finals();
  finals.begin();
  assert.equal(finals.take(0, "hello", 0), true);
  assert.equal(finals.take(1, "hello", 1_500), true);
});

test("a new run counts its results anew", () => {
  const finals = new Finals();
  finals.begin();
  finals.take(0, "hello", 0);
  finals.begin();
  assert.equal(finals.take(0, "goodbye", 500), true);
});

test("nothing is no sentence", () => {
  const finals = new Finals();
  finals.begin();
  assert.equal(finals.take(0, "  ", 0), false);
});
