import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Dials } from "../../web/actuators/dials.js";

/** @param {string | null} kept */
function storage(kept = null) {
  return {
    getItem: () => kept,
    setItem: (/** @type {string} */ _key, /** @type {string} */ value) => {
      kept = value;
    },
  };
}

test("a dial is turned by a factor of where it stands", () => {
  const dials = new Dials({ rate: 1, volume: 0.5 });
  assert.ok(dials.turn("volume", 1.5));
  assert.ok(dials.turn("rate", 0.8));
  assert.deepEqual([dials.volume, dials.rate], [0.75, 0.8]);
});

test("a dial stops at its end, and tells once it stands there", () => {
  const dials = new Dials({});
  assert.ok(!dials.turn("volume", 1.25));
  assert.ok(dials.turn("volume", 0.01));
  assert.equal(dials.volume, 0.1);
  assert.ok(!dials.turn("volume", 0.8));
  assert.ok(dials.turn("rate", 100));
  assert.equal(dials.rate, 2);
  assert.ok(dials.turn("rate", 0.01));
  assert.equal(dials.rate, 0.5);
});

test("what the server has set beyond the limits is where a dial may return to", () => {
  const dials = new Dials({ rate: 3, volume: 0.05 });
  assert.ok(!dials.turn("rate", 1.2));
  assert.equal(dials.rate, 3);
  assert.ok(dials.turn("volume", 2));
  assert.equal(dials.volume, 0.1);
});

test("the speed is kept for the next visit, the loudness is not", () => {
  const store = storage();
  const dials = new Dials({}, store);
  dials.turn("rate", 0.8);
  dials.turn("volume", 0.5);
  const again = new Dials({}, store);
  assert.deepEqual([again.rate, again.volume], [0.8, 1]);
});

test("nonsense that was kept is not believed", () => {
  assert.equal(new Dials({ rate: 1.2 }, storage("fast")).rate, 1.2);
  assert.equal(new Dials({}, storage("99")).rate, 2);
});

test("a browser that keeps nothing lets the voice be turned all the same", () => {
  const told = mock.method(console, "info", () => {});
  const refuse = () => {
    throw new Error("no storage");
  };
  const dials = new Dials({}, { getItem: refuse, setItem: refuse });
  assert.ok(dials.turn("rate", 0.8));
  assert.equal(dials.rate, 0.8);
  assert.equal(told.mock.callCount(), 2);
  told.mock.restore();
});
