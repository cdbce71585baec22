import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Eyes } from "../../web/eyes.js";
import { Keeper } from "../../web/keeper.js";

let kept = "";
/** @type {string[]} */
let log;

const make = () =>
  new Eyes({
    keeper: { read: () => kept, write: (text) => void (kept = text) },
    refusal: "shut",
    notify: ({ text }) => (log.push(text), () => log.push("dismissed")),
    onchange: (shut) => void log.push(String(shut)),
  });

beforeEach(() => {
  log = [];
  kept = "";
});

test("they are open at first, and shut as long as the browser remembers it", () => {
  assert.equal(make().shut, false);
  make().set(true);
  assert.equal(make().shut, true);
  make().set(false);
  assert.equal(make().shut, false);
  assert.deepEqual(log, ["true", "false"]);
});

test("who is refused is told why until they open", () => {
  const eyes = make();
  eyes.set(true);
  eyes.set(true);
  eyes.refuse();
  eyes.set(false);
  assert.deepEqual(log, ["true", "shut", "dismissed", "false"]);
});

test("a browser that keeps nothing is no obstacle", (t) => {
  t.mock.method(console, "info", () => {});
  const refuse = () => {
    throw new DOMException("no", "SecurityError");
  };
  const keeper = new Keeper("key", { getItem: refuse, setItem: refuse });
  assert.equal(keeper.read(), "");
  keeper.write("text");
  assert.equal(new Keeper("key", null).read(), "");
});
