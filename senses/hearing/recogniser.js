// The browser's speech recognition, kept running: it ends by itself every so often, and is started again.

import { Finals } from "./finals.js";
import { Restarts } from "./restarts.js";

/** @typedef {{isFinal: boolean, length: number, 0?: {transcript: string, confidence: number}}} Result */

/**
 * The part of the browser's SpeechRecognition that is used here.
 * @typedef {object} Recognition
 * @property {string} lang
 * @property {boolean} continuous
 * @property {boolean} interimResults
 * @property {((event: {resultIndex: number, results: ArrayLike<Result>}) => void) | null} onresult
 * @property {((event: {error: string}) => void) | null} onerror
 * @property {(() => void) | null} onend
 * @property {() => void} start
 * @property {() => void} abort
 */

/**
 * @typedef {object} RecogniserOptions
 * @property {new () => Recognition} Recognition
 * @property {string} language
 * @property {boolean} interim whether words are wanted that may still change
 * @property {boolean} [distrustful] whether a final result without confidence is none, as on Android
 * @property {(text: string, confidence: number | undefined) => void} onsentence
 * @property {(text: string) => void} oninterim an empty text: what was said is over
 * @property {(error: string) => void} onfailure it has stopped for good
 */

// After these the browser ends the run, and the next may do better. Any other error is for good, with or without `end`.
const PASSING = new Set(["no-speech", "aborted"]);

export class Recogniser {
  #options;
  #finals = new Finals();
  #restarts = new Restarts();
  /** @type {Recognition | null} */
  #running = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {RecogniserOptions} options */
  constructor(options) {
    this.#options = options;
  }

  start() {
    const { Recognition, language, interim } = this.#options;
    const run = new Recognition();
    Object.assign(run, { lang: language, continuous: true, interimResults: interim });
    run.onresult = (event) => this.#receive(event);
    run.onerror = ({ error }) => {
      if (!PASSING.has(error)) this.#fail(error);
    };
    run.onend = () => this.#again();
    this.#running = run;
    this.#finals.begin();
    this.#restarts.started(Date.now());
    run.start();
  }

  stop() {
    clearTimeout(this.#timer);
    const run = this.#running;
    this.#running = null;
    if (run === null) return;
    run.onresult = run.onerror = run.onend = null;
    run.abort();
  }

  // Internal

  /** @param {{resultIndex: number, results: ArrayLike<Result>}} event */
  #receive({ resultIndex, results }) {
    const { onsentence, oninterim } = this.#options;
    this.#restarts.heard();
    let interim = "";
    for (let index = resultIndex ?? 0; index < results.length; index += 1) {
      const result = results[index];
      const { transcript = "", confidence } = result?.[0] ?? {};
      if (!this.#isFinal(result)) interim += transcript;
      else if (this.#finals.take(index, transcript, Date.now())) onsentence(transcript.trim(), confidence);
    }
    oninterim(interim.trim());
  }

  /** @param {Result | undefined} result */
  #isFinal(result) {
    const doubtful = this.#options.distrustful === true && result?.[0]?.confidence === 0;
    return result?.isFinal === true && !doubtful;
  }

  #again() {
    this.#running = null;
    this.#options.oninterim("");
    const pause = this.#restarts.pause(Date.now());
    if (pause === null) return this.#fail("flapping");
    this.#timer = setTimeout(() => this.start(), pause);
  }

  /** @param {string} error */
  #fail(error) {
    this.stop();
    this.#options.onfailure(error);
  }
}
