import assert from "node:assert/strict";
import { test } from "node:test";

import { Credits } from "../../web/credits.js";

/** @param {Promise<unknown>} promise */
async function settled(promise) {
  let state = "waiting";
  promise.then(() => (state = "taken"), () => (state = "given up"));
  await new Promise((resolve) => setImmediate(resolve));
  return state;
}

test("a credit that is held is taken at once, and only once", async () => {
  const credits = new Credits();
  credits.grant("vision", 1);
  assert.equal(await settled(credits.take("vision")), "taken");
  assert.equal(await settled(credits.take("vision")), "waiting");
});

test("who has waited longest gets the first credit", async () => {
  const credits = new Credits();
  const [first, second] = [credits.take("vision"), credits.take("vision")];
  credits.grant("vision", 1);
  assert.equal(await settled(first), "taken");
  assert.equal(await settled(second), "waiting");
});

test("credits that nobody waits for are kept, beside those that are taken", async () => {
  const credits = new Credits();
  const first = credits.take("vision");
  credits.grant("vision", 2);
  assert.equal(await settled(first), "taken");
  assert.equal(await settled(credits.take("vision")), "taken");
  assert.equal(await settled(credits.take("vision")), "waiting");
});

test("one sense cannot take another's credit", async () => {
  const credits = new Credits();
  credits.grant("vision", 1);
  assert.equal(await settled(credits.take("touch")), "waiting");
});

test("who gives up waiting leaves the credit to the next", async () => {
  const credits = new Credits();
  const controller = new AbortController();
  const [first, second] = [credits.take("vision", controller.signal), credits.take("vision")];
  controller.abort();
  credits.grant("vision", 1);
  assert.equal(await settled(first), "given up");
  assert.equal(await settled(second), "taken");
});

test("who has already given up takes none", async () => {
  const credits = new Credits();
  credits.grant("vision", 1);
  assert.equal(await settled(credits.take("vision", AbortSignal.abort())), "given up");
  assert.equal(await settled(credits.take("vision")), "taken");
});

test("with the connection its credits are gone, but who waits gets one of the next", async () => {
  const credits = new Credits();
  credits.grant("vision", 1);
  credits.clear();
  const waiting = credits.take("vision");
  assert.equal(await settled(waiting), "waiting");
  credits.grant("vision", 1);
  assert.equal(await settled(waiting), "taken");
});

test("a credit that was not used goes to who waits next", async () => {
  const credits = new Credits();
  credits.grant("vision", 1);
  const giveBack = await credits.take("vision");
  const waiting = credits.take("vision");
  giveBack();
  assert.equal(await settled(waiting), "taken");
});

test("a credit of an earlier connection is worth nothing when it is given back", async () => {
  const credits = new Credits();
  credits.grant("vision", 1);
  const giveBack = await credits.take("vision");
  credits.clear();
  giveBack();
  assert.equal(await settled(credits.take("vision")), "waiting");
});
