import assert from "node:assert/strict";
import { test } from "node:test";

import { countWords, split } from "../../web/actuators/sentences.js";

const words = (/** @type {number} */ count) => Array.from({ length: count }, (_, n) => `w${n}`).join(" ");

for (const [text, pieces] of /** @type {Array<[string, string[]]>} */ ([
  ["I see: macaw.", ["I see: macaw."]],
  ["One. Two! Three?", ["One.", "Two!", "Three?"]],
  ["“Stop.” He went.", ["“Stop.”", "He went."]],
  ["Dites : « Voici ma tasse. » Merci.", ["Dites : « Voici ma tasse. »", "Merci."]],
  ["« C'est quoi ? » ou « Oui… »", ["« C'est quoi ? »", "ou « Oui… »"]],
  ["It is 3.5 m long.", ["It is 3.5 m long."]],
  ["no end", ["no end"]],
  ["two\nlines", ["two", "lines"]],
  ["これは猫です。犬です。", ["これは猫です。", "犬です。"]],
  ["  ", []],
  ["", []],
])) {
  test(`${JSON.stringify(text)} is said in ${pieces.length} pieces`, () => assert.deepEqual(split(text), pieces));
}

test("a long sentence is cut at its commas, in pieces as long as they may be", () => {
  assert.deepEqual(split("a b, c d, e f, g h", 4), ["a b, c d,", "e f, g h"]);
});

test("where there is no comma it is cut between words", () => {
  assert.deepEqual(split("a b c d e", 2), ["a b", "c d", "e"]);
});

test("no piece is longer than a breath, and no word is lost", () => {
  const text = `${words(100)}, ${words(7)}. ${words(40)}`;
  const pieces = split(text);
  assert.ok(pieces.every((piece) => countWords(piece) <= 36));
  assert.equal(pieces.join(" "), text);
});
