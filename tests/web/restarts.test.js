import assert from "node:assert/strict";
import { test } from "node:test";

import { Restarts } from "../../senses/hearing/restarts.js";

test("two starts are a second apart at least", () => {
  const restarts = new Restarts();
  restarts.started(5_000);
  assert.equal(restarts.pause(5_200), 800);
  restarts.started(6_000);
  assert.equal(restarts.pause(16_000), 0);
});

test("five short runs in a row, and it is given up", () => {
  const restarts = new Restarts();
  const pauses = [0, 1, 2, 3, 4].map((n) => {
    restarts.started(n * 1_000);
    return restarts.pause(n * 1_000 + 10);
  });
  assert.deepEqual(pauses, [990, 990, 990, 990, null]);
});

test("a long run, or one in which something was heard, begins the count again", () => {
  const restarts = new Restarts();
  for (let n = 0; n < 4; n += 1) {
    restarts.started(n * 1_000);
    restarts.pause(n * 1_000 + 10);
  }
  restarts.started(10_000);
  restarts.heard();
  assert.equal(restarts.pause(10_100), 900);
  restarts.started(20_000);
  assert.equal(restarts.pause(30_000), 0);
});
