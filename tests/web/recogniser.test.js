import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Recogniser } from "../../senses/hearing/recogniser.js";

/** A recognition that the test scripts; it has the browser's events and their order. */
class FakeRecognition {
  /** @type {FakeRecognition[]} */
  static made = [];
  lang = "";
  continuous = false;
  interimResults = false;
  started = 0;
  aborted = false;
  /** @type {any} */
  onresult = null;
  /** @type {any} */
  onerror = null;
  /** @type {any} */
  onend = null;

  constructor() {
    FakeRecognition.made.push(this);
  }

  start() {
    this.started += 1;
  }

  abort() {
    this.aborted = true;
  }

  /** @param {...[string, boolean, number?]} results */
  hear(...results) {
    const list = results.map(([transcript, isFinal, confidence = 0.9]) => ({ isFinal, length: 1, 0: { transcript, confidence } }));
    this.onresult({ resultIndex: 0, results: list });
  }

  static get last() {
    const last = FakeRecognition.made.at(-1);
    if (last === undefined) throw new Error("no recognition was made");
    return last;
  }
}

/** @type {string[]} */
let told;

/** @param {boolean} [distrustful] */
function listen(distrustful = false) {
  const recogniser = new Recogniser({
    Recognition: FakeRecognition,
    language: "fr-FR",
    interim: true,
    distrustful,
    onsentence: (text) => told.push(`sentence ${text}`),
    oninterim: (text) => told.push(`interim ${text}`),
    onfailure: (error) => told.push(`failure ${error}`),
  });
  recogniser.start();
  return recogniser;
}

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  FakeRecognition.made = [];
  told = [];
});
afterEach(() => mock.timers.reset());

test("it listens in the language it was given, for as long as the browser lets it", () => {
  listen();
  const { lang, continuous, interimResults, started } = FakeRecognition.last;
  assert.deepEqual([lang, continuous, interimResults, started], ["fr-FR", true, true, 1]);
});

test("words are shown while they may change, then the sentence is told", () => {
  listen();
  FakeRecognition.last.hear(["bon", false]);
  FakeRecognition.last.hear([" bonjour ", true]);
  assert.deepEqual(told, ["interim bon", "sentence bonjour", "interim "]);
});

test("a final result without confidence is none on Android", () => {
  listen(true);
  FakeRecognition.last.hear(["bon", true, 0]);
  FakeRecognition.last.hear(["bonjour", true, 0.8]);
  assert.deepEqual(told, ["interim bon", "sentence bonjour", "interim "]);
});

test("when the browser ends it, it begins again, a second after its last start", () => {
  listen();
  mock.timers.tick(400);
  FakeRecognition.last.onerror({ error: "no-speech" });
  FakeRecognition.last.onend();
  mock.timers.tick(599);
  assert.equal(FakeRecognition.made.length, 1);
  mock.timers.tick(1);
  assert.equal(FakeRecognition.made.length, 2);
});

for (const error of ["not-allowed", "service-not-allowed", "network", "audio-capture", "language-not-supported"]) {
  test(`after ${error} it stays silent, whether or not an end follows`, () => {
    listen();
    FakeRecognition.last.onerror({ error });
    assert.deepEqual(told, [`failure ${error}`]);
    assert.equal(FakeRecognition.last.onend, null);
    mock.timers.tick(60_000);
    assert.equal(FakeRecognition.made.length, 1);
  });
}

test("one that keeps ending at once is given up", () => {
  listen();
  for (let n = 0; n < 5; n += 1) {
    FakeRecognition.last.onend();
    mock.timers.tick(1_000);
  }
  assert.equal(told.at(-1), "failure flapping");
  assert.equal(FakeRecognition.made.length, 5);
});

test("once stopped it neither tells nor begins again", () => {
  const recogniser = listen();
  const { last } = FakeRecognition;
  recogniser.stop();
  assert.ok(last.aborted);
  assert.deepEqual([last.onresult, last.onerror, last.onend], [null, null, null]);
  mock.timers.tick(60_000);
  assert.equal(FakeRecognition.made.length, 1);
});

test("stopped during its pause, it does not begin again", () => {
  const recogniser = listen();
  FakeRecognition.last.onend();
  recogniser.stop();
  mock.timers.tick(60_000);
  assert.equal(FakeRecognition.made.length, 1);
});
