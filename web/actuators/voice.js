// The voice: says things aloud with the browser's speech synthesis. The page writes them down in any case.

import { Speech } from "./speech.js";
import { pickVoice, voicesReady } from "./voices.js";

/** @import {Context} from "../context.js" */
/** @import {Say} from "../wire.js" */

export const title = { en: "Voice", fr: "Voix" };
export const icon = "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11";

const TEXTS = {
  en: {
    none: "No voice here: I'll write instead.",
    gesture: "The browser wants a click before I may speak.",
    speak: "Let me speak",
  },
  fr: {
    none: "Pas de voix ici : j'écris à la place.",
    gesture: "Le navigateur veut un clic avant que je puisse parler.",
    speak: "Laisse-moi parler",
  },
};

/** @type {Speech | null} */
let speech = null;
let language = "";
/** @type {Promise<void>} */
let ready = Promise.resolve();
/** @type {Say | null} */
let last = null;

/** @param {Context} context */
export function start(context) {
  const { settings, signal, emit, notify, report } = context;
  const words = context.translate(TEXTS);
  const synthesis = globalThis.speechSynthesis;
  if (synthesis === undefined) throw new Error(words.none);

  language = context.language;
  ready = voicesReady(synthesis, signal);
  speech = new Speech({
    synthesis,
    rate: settings.rate,
    utter(text, tag) {
      const utterance = new SpeechSynthesisUtterance(text);
      const { rate = 1, pitch = 1, volume = 1 } = settings;
      return Object.assign(utterance, { lang: tag, voice: pickVoice(synthesis.getVoices(), tag), rate, pitch, volume });
    },
    onspeaking(speaking) {
      report(speaking ? "speaking" : "idle");
      emit("voice", { speaking });
    },
    onfailure(error) {
      if (error === "not-allowed") notify({ text: words.gesture, action: { label: words.speak, run: repeat } });
      else if (error !== "canceled" && error !== "interrupted") notify(words.none);
    },
  });
  addEventListener("pagehide", () => speech?.silence(), { signal });
}

export function stop() {
  speech?.silence();
  speech = null;
}

/** @param {Say} action */
export async function carry(action) {
  last = action;
  await ready;
  const { text, language: tag = language, priority = "remark" } = action;
  speech?.say({ text, language: tag, priority });
}

function repeat() {
  if (last !== null) void carry(last);
}
