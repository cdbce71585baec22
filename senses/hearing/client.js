// Hearing, in the browser: sends the sentences that its speech recognition hears.

import { Recogniser } from "./recogniser.js";

/** @import {Context} from "../../web/context.js" */
/** @import {Recognition} from "./recogniser.js" */

export const title = { en: "Ear", fr: "Oreille" };
export const mood = "listening";
export const icon =
  "M7 9.5a5.5 5.5 0 0 1 11 0c0 3.2-2.6 4-3.2 6.2-.5 2-1.1 4.8-3.8 4.8-2 0-3.2-1.6-3.2-3.4M10 9.7a2.5 2.5 0 0 1 5 0c0 1.7-1.6 1.8-1.6 3.4";

/** @type {Record<string, Record<string, string>>} */
const TEXTS = {
  en: {
    none: "This browser has no speech recognition. Type instead.",
    "other-tab": "Another tab of mine is listening. Close it and try again, or type here.",
    "not-allowed": "The microphone was refused. Allow it at the left end of the address bar and try again, or type instead.",
    insecure: "The browser gives the microphone only to https or localhost. Set server.tls, or type instead.",
    network: "The browser's speech recognition cannot be reached. Type instead, or try again when you are online.",
    "audio-capture": "No microphone was found. Plug one in and try again, or type instead.",
    "language-not-supported": "The browser's speech recognition does not know this language. Type instead.",
    flapping: "The browser's speech recognition keeps stopping. Type instead, or try again later.",
    other: "The browser's speech recognition stopped. Type instead, or try again.",
  },
  fr: {
    none: "Ce navigateur n'a pas de reconnaissance vocale. Écrivez plutôt.",
    "other-tab": "J'écoute déjà dans un autre onglet. Fermez-le et réessayez, ou écrivez ici.",
    "not-allowed": "Le micro a été refusé. Autorisez-le à gauche de l'adresse et réessayez, ou écrivez plutôt.",
    insecure: "Le navigateur ne donne le micro qu'à https ou localhost. Réglez server.tls, ou écrivez plutôt.",
    network: "La reconnaissance vocale du navigateur est injoignable. Écrivez plutôt, ou réessayez en ligne.",
    "audio-capture": "Pas de micro. Branchez-en un et réessayez, ou écrivez plutôt.",
    "language-not-supported": "La reconnaissance vocale du navigateur ne connaît pas cette langue. Écrivez plutôt.",
    flapping: "La reconnaissance vocale du navigateur s'arrête sans cesse. Écrivez plutôt, ou réessayez plus tard.",
    other: "La reconnaissance vocale du navigateur s'est arrêtée. Écrivez plutôt, ou réessayez.",
  },
};

/** @type {Recogniser | null} */
let recogniser = null;
let release = () => {};

/** @param {Context} context */
export async function start(context) {
  const { settings, send, emit, on, report } = context;
  const words = context.translate(TEXTS);
  const language = settings.language || context.language;
  let botSpeaks = false;

  /** @param {string} problem */
  const advise = (problem) => {
    emit("type", {});
    const insecure = problem === "not-allowed" && !globalThis.isSecureContext;
    return words[insecure ? "insecure" : problem === "service-not-allowed" ? "not-allowed" : problem] ?? words.other ?? problem;
  };
  const Recognition = findRecognition();
  if (Recognition === undefined) throw new Error(advise("none"));
  if (!(await lockEar())) throw new Error(advise("other-tab"));
  if (context.signal.aborted) return release();

  on("voice", ({ speaking }) => {
    botSpeaks = speaking;
    if (speaking) emit("interim", { text: "", language });
  });
  recogniser = new Recogniser({
    Recognition,
    language,
    interim: settings.interim ?? true,
    distrustful: navigator.userAgent.includes("Android"),
    onsentence(text, confidence) {
      const id = send({ text, language, final: true, ...(confidence ? { confidence } : {}) });
      if (id !== null) emit("sentence", { id, text, language });
    },
    oninterim(text) {
      if (text !== "") send({ text, language, final: false });
      if (!botSpeaks) emit("interim", { text, language });
    },
    onfailure: (problem) => report("failed", advise(problem)),
  });
  recogniser.start();
}

export function stop() {
  recogniser?.stop();
  recogniser = null;
  release();
}

/** @returns {(new () => Recognition) | undefined} */
function findRecognition() {
  const { SpeechRecognition, webkitSpeechRecognition } = /** @type {any} */ (globalThis);
  return SpeechRecognition ?? webkitSpeechRecognition;
}

/** Two tabs that listen abort each other for ever: only one of them may. */
function lockEar() {
  return new Promise((resolve) => {
    if (navigator.locks === undefined) return resolve(true);
    void navigator.locks.request("cortex.ear", { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock && new Promise((done) => (release = () => done(undefined)));
    });
  });
}
