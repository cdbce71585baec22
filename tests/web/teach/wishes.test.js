import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Wishes } from "../../../plugins/cortex_teach/wishes.js";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

function makeWishes() {
  /** @type {Record<string, unknown>[]} */
  const sent = [];
  /** @type {string[]} */
  const silent = [];
  const line = { open: true };
  const send = (/** @type {Record<string, unknown>} */ fields) => (line.open ? `w${sent.push(fields)}` : null);
  return { wishes: new Wishes(send, (kind) => silent.push(kind)), sent, silent, line };
}

test("a wish is waited for until something answers it", () => {
  const { wishes, sent, silent } = makeWishes();
  assert.ok(wishes.make("lesson", { want: "learn", thing: "mug" }));
  assert.deepEqual(sent, [{ want: "learn", thing: "mug" }]);
  wishes.answered({ type: "say", answers: "another" });
  assert.ok(wishes.waits("lesson"));
  wishes.answered({ type: "attend", answers: "w1" });
  assert.ok(!wishes.waits("lesson"));
  mock.timers.tick(60_000);
  assert.deepEqual(silent, []);
});

test("an action of its kind answers it too, whoever wanted that", () => {
  const { wishes } = makeWishes();
  wishes.make("gallery", {});
  wishes.make("album", {});
  wishes.answered({ type: "gallery" });
  assert.deepEqual([wishes.waits("gallery"), wishes.waits("album")], [false, true]);
});

test("a server that is silent is not waited for in vain", () => {
  const { wishes, silent } = makeWishes();
  wishes.make("gallery", {});
  mock.timers.tick(15_000);
  assert.deepEqual(silent, ["gallery"]);
  assert.ok(!wishes.waits("gallery"));
});

test("a server that is gone leaves nothing to wait for", () => {
  const { wishes, silent, line } = makeWishes();
  wishes.make("lesson", {});
  wishes.make("album", {});
  line.open = false;
  wishes.lose();
  assert.deepEqual(silent, ["lesson", "album"]);
  assert.ok(!wishes.make("lesson", {}));
  assert.ok(!wishes.waits("lesson"));
});

test("a second wish of a kind takes the place of the first", () => {
  const { wishes, silent } = makeWishes();
  wishes.make("album", { offset: 0 });
  mock.timers.tick(10_000);
  wishes.make("album", { offset: 24 });
  mock.timers.tick(10_000);
  assert.deepEqual(silent, []);
  wishes.clear();
  mock.timers.tick(60_000);
  assert.deepEqual(silent, []);
});
