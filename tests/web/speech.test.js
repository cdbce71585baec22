import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Speech } from "../../web/actuators/speech.js";

/** A voice that begins, ends and fails when the test says so. */
class FakeSynthesis {
  speaking = false;
  cancelled = 0;
  /** @type {any[]} */
  utterances = [];

  /** @param {any} utterance */
  speak(utterance) {
    this.utterances.push(utterance);
  }

  cancel() {
    this.cancelled += 1;
  }

  get said() {
    return this.utterances.map(({ text }) => text);
  }

  get last() {
    return this.utterances.at(-1);
  }
}

/** @type {FakeSynthesis} */
let synthesis;
/** @type {string[]} */
let told;
/** @type {Speech} */
let speech;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  synthesis = new FakeSynthesis();
  told = [];
  speech = new Speech({
    synthesis,
    utter: (text, language) => /** @type {any} */ ({ text, language }),
    onspeaking: (speaking) => told.push(speaking ? "speaking" : "idle"),
    onfailure: (error) => told.push(error),
  });
});
afterEach(() => mock.timers.reset());

/** @param {string} text */
const remark = (text) => speech.say({ text, language: "en", priority: "remark" });
/** @param {string} text */
const answer = (text) => speech.say({ text, language: "en", priority: "answer" });

test("sentences are said one after the other, and then it is idle", () => {
  remark("One. Two.");
  synthesis.last.onstart();
  assert.deepEqual(synthesis.said, ["One."]);
  synthesis.last.onend();
  synthesis.last.onstart();
  synthesis.last.onend();
  assert.deepEqual(synthesis.said, ["One.", "Two."]);
  assert.deepEqual(told, ["speaking", "speaking", "idle"]);
});

test("an answer cuts a remark off, with all that was left of it", () => {
  remark("One. Two.");
  synthesis.last.onstart();
  answer("Yes.");
  assert.equal(synthesis.cancelled, 1);
  assert.deepEqual(synthesis.said, ["One.", "Yes."]);
  synthesis.last.onend();
  assert.deepEqual(synthesis.said, ["One.", "Yes."]);
});

test("answers wait for each other", () => {
  answer("Yes.");
  answer("No.");
  assert.equal(synthesis.cancelled, 0);
  synthesis.last.onend();
  assert.deepEqual(synthesis.said, ["Yes.", "No."]);
});

test("silence cuts off, forgets the rest, and tells", () => {
  answer("Yes.");
  answer("No.");
  const { last: cut } = synthesis;
  cut.onstart();
  speech.silence();
  assert.equal(synthesis.cancelled, 1);
  assert.equal(cut.onend, null);
  assert.deepEqual(synthesis.said, ["Yes."]);
  assert.deepEqual(told, ["speaking", "idle"]);
});

test("a piece whose end never comes is left after a time that goes by its words", () => {
  answer("One two three. Four.");
  synthesis.last.onstart();
  mock.timers.tick(4_000 + 3 * 900 - 1);
  assert.deepEqual(synthesis.said, ["One two three."]);
  mock.timers.tick(1);
  assert.deepEqual(synthesis.said, ["One two three.", "Four."]);
});

test("a voice that does not tell when it begins is believed while it speaks", () => {
  answer("Yes.");
  synthesis.speaking = true;
  mock.timers.tick(4_000);
  assert.deepEqual(told, ["speaking"]);
});

test("a voice that never begins has failed", () => {
  answer("Yes. No.");
  mock.timers.tick(4_000);
  assert.deepEqual(told, ["idle", "synthesis-failed"]);
  assert.deepEqual(synthesis.said, ["Yes."]);
});

test("an error ends what was to be said, and the next thing is tried all the same", () => {
  answer("Yes. No.");
  synthesis.last.onerror({ error: "not-allowed" });
  answer("Again.");
  assert.deepEqual(told, ["idle", "not-allowed"]);
  assert.deepEqual(synthesis.said, ["Yes.", "Again."]);
});

test("where there is nothing to say it is idle at once", () => {
  answer(" ");
  assert.deepEqual(synthesis.said, []);
  assert.deepEqual(told, ["idle"]);
});

/** @param {string} text @param {string} answers */
const reply = (text, answers) => speech.say({ text, language: "en", priority: "answer", answers });

test("hush cuts off what answers one stimulus, with all that waits of it, and is idle", () => {
  reply("One. Two. Three.", "q1");
  synthesis.last.onstart();
  const { last: cut } = synthesis;
  speech.hush("q1");
  assert.equal(synthesis.cancelled, 1);
  assert.equal(cut.onend, null);
  assert.deepEqual(synthesis.said, ["One."]);
  assert.deepEqual(told, ["speaking", "idle"]);
});

test("hush goes on with what answers something else", () => {
  reply("One. Two.", "q1");
  reply("Other.", "q2");
  synthesis.last.onstart();
  speech.hush("q1");
  assert.deepEqual(synthesis.said, ["One.", "Other."]);
  assert.deepEqual(told, ["speaking"]);
  synthesis.last.onend();
  assert.deepEqual(told, ["speaking", "idle"]);
});

test("hush of what only waits leaves what is being said alone", () => {
  reply("One.", "q1");
  reply("Two.", "q2");
  synthesis.last.onstart();
  speech.hush("q2");
  speech.hush("q3");
  assert.equal(synthesis.cancelled, 0);
  synthesis.last.onend();
  assert.deepEqual(synthesis.said, ["One."]);
  assert.deepEqual(told, ["speaking", "idle"]);
});

test("a saying that answers nothing is not hushed with another", () => {
  remark("One. Two.");
  speech.hush("q1");
  synthesis.last.onend();
  assert.deepEqual(synthesis.said, ["One.", "Two."]);
});
