import assert from "node:assert/strict";
import { test } from "node:test";

import { Pulse } from "../../web/pulse.js";

test("the rate is that of the last two seconds", () => {
  const pulse = new Pulse();
  for (let at = 0; at < 4000; at += 100) pulse.sent(`f${at}`, at, at);
  assert.equal(pulse.rate(3999), 10);
  assert.equal(pulse.rate(5000), 4.5);
  assert.equal(pulse.rate(9000), 0);
});

test("the lag is the time from a frame's capture to its answer", () => {
  const pulse = new Pulse();
  assert.equal(pulse.lag, null);
  pulse.sent("a", 1000, 1010);
  pulse.answered("a", 1042);
  assert.equal(pulse.lag, 42);
});

test("answers to what is no frame of ours change nothing", () => {
  const pulse = new Pulse();
  pulse.answered("sentence", 500);
  pulse.answered(undefined, 500);
  assert.equal(pulse.lag, null);
});

test("only so many frames are remembered", () => {
  const pulse = new Pulse();
  for (let n = 0; n < 65; n += 1) pulse.sent(`f${n}`, n, n);
  pulse.answered("f0", 100);
  assert.equal(pulse.lag, null);
  pulse.answered("f1", 100);
  assert.equal(pulse.lag, 99);
});
