import assert from "node:assert/strict";
import { test } from "node:test";

import { Lesson } from "../../../plugins/cortex_teach/lesson.js";

/** @import {ServerStage} from "../../../plugins/cortex_teach/lesson.js" */

/**
 * @param {Lesson} lesson
 * @param {ServerStage} stage
 * @param {object} [fields]
 */
const tell = (lesson, stage, fields) => lesson.receive({ id: "1", thing: "mug", stage, ...fields });

test("a lesson looks, asks and is learned", () => {
  const lesson = new Lesson();
  assert.ok(tell(lesson, "looking", { wanted: 8 }));
  assert.ok(lesson.running);
  assert.ok(tell(lesson, "looking", { wanted: 8, pictures: ["a"] }));
  assert.deepEqual([lesson.pictures, lesson.wanted], [["a"], 8]);
  assert.ok(tell(lesson, "asking", { pictures: ["a", "b"], text: "Shall I?" }));
  assert.deepEqual([lesson.running, lesson.text], [false, "Shall I?"]);
  assert.ok(tell(lesson, "learned", { pictures: ["7", "8"] }));
  assert.deepEqual([lesson.stage, lesson.pictures, lesson.text, lesson.over], ["learned", ["7", "8"], "", false]);
});

test("the person's own lesson waits until the server looks", () => {
  const lesson = new Lesson();
  lesson.begin("mug");
  assert.deepEqual([lesson.stage, lesson.running, lesson.thing], ["waiting", true, "mug"]);
  tell(lesson, "looking");
  assert.deepEqual([lesson.stage, lesson.id], ["looking", "1"]);
});

test("a name that the server refuses ends the lesson that waits", () => {
  const lesson = new Lesson();
  lesson.begin("mug");
  assert.ok(lesson.receive({ id: "", thing: "", stage: "failed", text: "No." }));
  assert.deepEqual([lesson.stage, lesson.text, lesson.thing, lesson.over], ["failed", "No.", "mug", true]);
});

test("a new lesson takes the place of an old one, whose end is no longer shown", () => {
  const lesson = new Lesson();
  tell(lesson, "asking");
  assert.ok(tell(lesson, "looking", { id: "2", thing: "bowl" }));
  assert.ok(!tell(lesson, "discarded"));
  assert.deepEqual([lesson.id, lesson.stage], ["2", "looking"]);
});

test("the end of the last lesson does not end the one that waits", () => {
  const lesson = new Lesson();
  tell(lesson, "asking");
  lesson.begin("bowl");
  assert.ok(!tell(lesson, "discarded"));
  assert.equal(lesson.stage, "waiting");
});

for (const stage of /** @type {const} */ (["discarded", "undone", "failed"])) {
  test(`a lesson that was ${stage} is over`, () => {
    const lesson = new Lesson();
    tell(lesson, "asking");
    assert.ok(tell(lesson, stage));
    assert.ok(lesson.over);
  });
}

test("a look that was overtaken does not begin the lesson again", () => {
  const lesson = new Lesson();
  tell(lesson, "asking");
  assert.ok(!tell(lesson, "looking"));
  assert.equal(lesson.stage, "asking");
});

test("a question stays as it was asked while its pictures become fewer", () => {
  const lesson = new Lesson();
  tell(lesson, "asking", { pictures: ["a", "b"], text: "Shall I?" });
  tell(lesson, "asking", { pictures: ["a"] });
  assert.deepEqual([lesson.text, lesson.pictures], ["Shall I?", ["a"]]);
});

test("a picture is removed, a lesson fails and is forgotten", () => {
  const lesson = new Lesson();
  tell(lesson, "learned", { pictures: ["a", "b"] });
  lesson.remove("a");
  assert.deepEqual(lesson.pictures, ["b"]);
  lesson.fail("The server is gone.");
  assert.deepEqual([lesson.over, lesson.text, lesson.broken], [true, "The server is gone.", true]);
  lesson.clear();
  assert.equal(lesson.broken, false);
  assert.deepEqual([lesson.stage, lesson.id, lesson.pictures], ["none", "", []]);
});
