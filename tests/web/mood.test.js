import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Mood } from "../../web/mood.js";

/** @type {string[]} */
let moods;
/** @type {Mood} */
let mood;

beforeEach(() => {
  moods = [];
  mood = new Mood((name) => moods.push(name));
});

test("it sleeps until a sense opens, and again when all are closed", () => {
  assert.equal(mood.name, "asleep");
  mood.sense("vision", "watching");
  mood.sense("vision", null);
  assert.deepEqual(moods, ["watching", "asleep"]);
});

test("with eye and ear open it watches, and listens while somebody speaks", () => {
  mood.sense("hearing", "listening");
  mood.sense("vision", "watching");
  mood.hears(true);
  mood.hears(false);
  assert.deepEqual(moods, ["listening", "watching", "listening", "watching"]);
});

test("it thinks from a question to its answer, then speaks", () => {
  mood.sense("vision", "watching");
  mood.asked("a");
  mood.settled("another");
  assert.equal(mood.name, "thinking");
  mood.settled("a");
  mood.voice(true);
  mood.voice(false);
  assert.deepEqual(moods, ["watching", "thinking", "watching", "speaking", "watching"]);
});

test("a question that nobody answers does not keep it thinking for ever", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  mood.asked("a");
  mock.timers.tick(5_999);
  assert.equal(mood.name, "thinking");
  mock.timers.tick(1);
  assert.equal(mood.name, "asleep");
  mock.timers.reset();
});

test("nothing is told twice", () => {
  mood.sense("vision", "watching");
  mood.sense("vision", "watching");
  mood.voice(false);
  assert.deepEqual(moods, ["watching"]);
});
