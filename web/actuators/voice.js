// The voice: says things aloud with the browser's speech synthesis. The page writes them down in any case.

import { Dials } from "./dials.js";
import { Speech } from "./speech.js";
import { pickVoice, voicesReady } from "./voices.js";

/** @import {Context} from "../context.js" */
/** @import {Dial} from "./dials.js" */
/** @import {Adjust, Hush, Say} from "../wire.js" */

export const title = { en: "Voice", fr: "Voix" };
export const icon = "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11";

const TEXTS = {
  en: {
    none: "No voice here: I'll write instead.",
    gesture: "The browser wants a click before I may speak.",
    speak: "Let me speak",
    limits: {
      rate: { more: "I cannot speak any faster.", less: "I cannot speak any slower." },
      volume: { more: "This is as loud as I can: turn up the device.", less: "This is as soft as I can: turn down the device." },
    },
  },
  fr: {
    none: "Pas de voix ici : j'écris à la place.",
    gesture: "Le navigateur veut un clic avant que je puisse parler.",
    speak: "Laisse-moi parler",
    limits: {
      rate: { more: "Je ne peux pas parler plus vite.", less: "Je ne peux pas parler plus lentement." },
      volume: { more: "Je ne peux pas parler plus fort : montez le son de l'appareil.", less: "Je ne peux pas parler plus bas : baissez le son de l'appareil." },
    },
  },
};

/** @type {Speech | null} */
let speech = null;
/** @type {Dials | null} */
let dials = null; // as they were turned, for as long as the page lives
let configured = ""; // what they were made of
let tellLimit = (/** @type {Dial} */ _dial, /** @type {number} */ _factor) => {};
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
  const turned = setDials(settings);
  tellLimit = (dial, factor) => notify({ key: `voice ${dial}`, text: words.limits[dial][factor > 1 ? "more" : "less"] });
  speech = new Speech({
    synthesis,
    get rate() {
      return turned.rate;
    },
    utter(text, tag) {
      const utterance = new SpeechSynthesisUtterance(text);
      const { pitch = 1 } = settings;
      const { rate, volume } = turned;
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

/** @param {Say | Hush | Adjust} action */
export async function carry(action) {
  if (action.type === "adjust") turn(/** @type {Adjust} */ (action));
  else if (action.type === "hush") await hush(/** @type {Hush} */ (action));
  else await say(/** @type {Say} */ (action));
}

/** @param {Say} action */
async function say(action) {
  last = action;
  await ready;
  const { text, language: tag = language, priority = "remark", answers } = action;
  speech?.say({ text, language: tag, priority, answers });
}

/** @param {Hush} action */
async function hush({ of }) {
  if (last?.answers === of) last = null;
  await ready; // as what it is about has done, so that it comes after that
  speech?.hush(of);
}

function repeat() {
  if (last !== null) void say(last);
}

/** @param {Adjust} action */
function turn({ to, setting, factor }) {
  if (to !== "voice" || (setting !== "rate" && setting !== "volume")) return;
  if (dials?.turn(setting, factor) === false) tellLimit(setting, factor);
}

/**
 * Go on with the dials as they were turned, unless the server wants them otherwise than when they were made.
 * @param {Record<string, any>} settings
 */
function setDials(settings) {
  const wanted = JSON.stringify(settings);
  if (dials === null || configured !== wanted) dials = new Dials(settings, globalThis.localStorage);
  configured = wanted;
  return dials;
}
