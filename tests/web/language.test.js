import assert from "node:assert/strict";
import { test } from "node:test";

import { fill, translate } from "../../web/language.js";
import pageTexts from "../../web/texts.js";
import visionTexts from "../../senses/vision/texts.js";

const TEXTS = { en: "cat", fr: "chat", "fr-CA": "minou" };

for (const [tag, word] of Object.entries({ "fr-CA": "minou", "fr-FR": "chat", fr: "chat", "en-US": "cat", "ja-JP": "cat" })) {
  test(`for ${tag} the word is ${word}`, () => assert.equal(translate(TEXTS, tag), word));
}

test("where there is no English either, whatever there is will do", () => {
  assert.equal(translate({ ja: "neko" }, "fr"), "neko");
});

test("values are put in their places, and a place without a value stays", () => {
  assert.equal(fill("in {s} s, {name}", { s: 4 }), "in 4 s, {name}");
});

for (const [name, texts] of Object.entries({ page: pageTexts, vision: visionTexts })) {
  test(`the words of ${name} are all there in English and in French, with the same places`, () => {
    const places = (/** @type {object} */ words) =>
      Object.entries(words).map(([key, text]) => [key, typeof text === "string" ? (text.match(/\{\w+\}/g) ?? []).sort() : Object.keys(text)]);
    assert.deepEqual(places(texts.fr), places(texts.en));
  });
}
