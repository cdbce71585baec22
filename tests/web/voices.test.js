import assert from "node:assert/strict";
import { test } from "node:test";

import { pickVoice, voicesReady } from "../../web/actuators/voices.js";

const voice = (/** @type {string} */ name, /** @type {string} */ lang, localService = true, isDefault = false) => ({ name, lang, localService, default: isDefault });
const VOICES = [
  voice("far", "en-US", false, true),
  voice("british", "en-GB"),
  voice("american", "en_US"),
  voice("french", "fr-FR", false),
];

for (const [language, name] of Object.entries({ "en-US": "american", "en-GB": "british", "EN-gb": "british", "fr-CA": "french" })) {
  test(`${language} is spoken by ${name}`, () => assert.equal(pickVoice(VOICES, language)?.name, name));
}

test("of two that fit as well, the one on this machine speaks", () => {
  assert.equal(pickVoice(VOICES, "en-AU")?.localService, true);
});

test("a language without a voice is left to the browser", () => {
  assert.equal(pickVoice(VOICES, "ja-JP"), null);
  assert.equal(pickVoice([], "en"), null);
});

test("the voices are waited for until they come", async () => {
  const synthesis = Object.assign(new EventTarget(), { getVoices: () => [] });
  let ready = false;
  const waiting = voicesReady(/** @type {any} */ (synthesis), new AbortController().signal).then(() => (ready = true));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(ready, false);
  synthesis.dispatchEvent(new Event("voiceschanged"));
  await waiting;
  assert.equal(ready, true);
});

test("voices that are there are not waited for, nor when the voice is closed meanwhile", async () => {
  const synthesis = Object.assign(new EventTarget(), { getVoices: () => VOICES });
  await voicesReady(/** @type {any} */ (synthesis), new AbortController().signal);
  const none = Object.assign(new EventTarget(), { getVoices: () => [] });
  await voicesReady(/** @type {any} */ (none), AbortSignal.abort());
});
