import assert from "node:assert/strict";
import { test } from "node:test";

import { culprit } from "../../web/culprit.js";

const touch = { name: "touch", url: "/modules/touch~3/client.js" };
const vision = { name: "vision", url: "/modules/vision/client.js" };
const voice = { name: "voice", url: "/actuators/voice.js" };
const suspects = [touch, vision, voice];
const HOST = "http://localhost:8080";

/** @param {string} text @param {...string} frames */
function thrown(text, ...frames) {
  return Object.assign(new Error(text), { stack: [`Error: ${text}`, ...frames.map((frame) => `    at ${frame}`)].join("\n") });
}

for (const [what, frame] of [
  ["a function", `tap (${HOST}/modules/touch~3/client.js:12:7)`],
  ["no function", `${HOST}/modules/touch~3/client.js:12:7`],
  ["a file beside the module", `async cut (${HOST}/modules/touch~3/lib/crop.js:1:2)`],
]) {
  test(`the culprit is found by ${what} of its own`, () => {
    assert.equal(culprit({ error: thrown("oh", frame ?? "") }, suspects), touch);
  });
}

test("it is the innermost of several, and the page's own code is passed over", () => {
  const error = thrown("oh", `add (${HOST}/notices.js:3:1)`, `see (${HOST}/modules/vision/eye.js:3:1)`, `x (${HOST}/modules/touch~3/a.js:1:1)`);
  assert.equal(culprit({ error }, suspects), vision);
});

test("a module of the page itself is known by its own address only", () => {
  assert.equal(culprit({ error: thrown("oh", `carry (${HOST}/actuators/voice.js:5:5)`) }, suspects), voice);
  assert.equal(culprit({ error: thrown("oh", `say (${HOST}/actuators/speech.js:5:5)`) }, suspects), undefined);
});

test("what is thrown without a stack is known by the file that threw it", () => {
  assert.equal(culprit({ error: "a word", filename: `${HOST}/modules/vision/client.js` }, suspects), vision);
  assert.equal(culprit({ error: undefined }, suspects), undefined);
});

test("an address in the words of an error accuses nobody", () => {
  const error = thrown(`cannot fetch ${HOST}/modules/touch~3/client.js`, `load (${HOST}/main.js:1:1)`);
  assert.equal(culprit({ error }, suspects), undefined);
});

test("a version that was replaced is not taken for the one that took its place", () => {
  assert.equal(culprit({ error: thrown("oh", `tick (${HOST}/modules/touch~2/client.js:1:1)`) }, suspects), undefined);
});

test("a stack as other browsers write it is read too", () => {
  const error = Object.assign(new Error("oh"), { stack: `tap@${HOST}/modules/touch~3/client.js:12:7\n@${HOST}/main.js:1:1` });
  assert.equal(culprit({ error }, suspects), touch);
});
