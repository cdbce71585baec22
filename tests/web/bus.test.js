import assert from "node:assert/strict";
import { test } from "node:test";

import { Bus } from "../../web/bus.js";

test("an event reaches all who listen to its type, and no one else", () => {
  const bus = new Bus();
  /** @type {string[]} */
  const heard = [];
  bus.on("tap", (detail) => heard.push(`one ${detail}`));
  bus.on("tap", (detail) => heard.push(`two ${detail}`));
  bus.on("shake", () => heard.push("shake"));
  bus.emit("tap", "here");
  assert.deepEqual(heard, ["one here", "two here"]);
});

test("once its signal aborts, a listener hears no more", () => {
  const bus = new Bus();
  const controller = new AbortController();
  let heard = 0;
  bus.on("tap", () => (heard += 1), controller.signal);
  bus.on("tap", () => (heard += 10), AbortSignal.abort());
  bus.emit("tap", null);
  controller.abort();
  bus.emit("tap", null);
  assert.equal(heard, 1);
});

test("a listener that throws is reported, and keeps nothing from the others", (t) => {
  const report = t.mock.method(console, "error", () => {});
  const bus = new Bus();
  let heard = false;
  bus.on("tap", () => {
    throw new Error("broken");
  });
  bus.on("tap", () => (heard = true));
  bus.emit("tap", null);
  assert.ok(heard);
  assert.equal(report.mock.callCount(), 1);
});
