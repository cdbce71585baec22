// What is said, one piece after the other. It trusts no voice to end: a watchdog goes on where the browser does not.

import { countWords, split } from "./sentences.js";

const START_LIMIT = 4_000; // ms in which a voice must begin, or tell that it cannot
const PIECE_LIMIT = 4_000; // ms that any piece may take, and
const WORD_LIMIT = 900; // ms more for each of its words, at the normal rate

/**
 * @typedef {object} Saying
 * @property {string} text
 * @property {string} language
 * @property {"answer" | "remark"} priority
 * @property {string} [answers] the id of the stimulus that it answers
 */

/**
 * @typedef {object} SpeechOptions
 * @property {Pick<SpeechSynthesis, "speak" | "cancel" | "speaking">} synthesis
 * @property {(text: string, language: string) => SpeechSynthesisUtterance} utter makes what the synthesis speaks
 * @property {number} [rate] how fast it speaks; 1 is normal
 * @property {(speaking: boolean) => void} onspeaking the voice is heard, or has nothing more to say
 * @property {(error: string) => void} onfailure it cannot speak, and why, as the browser calls it
 */

export class Speech {
  #options;
  /** @type {Saying[]} */
  #waiting = [];
  /** @type {Saying | null} */
  #current = null;
  // Held here because Chrome forgets the events of an utterance that nobody holds.
  /** @type {SpeechSynthesisUtterance | null} */
  #utterance = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watchdog;

  /** @param {SpeechOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /**
   * Say something: an answer in place of any remark, else after what is being said.
   * @param {Saying} saying
   */
  say({ text, ...how }) {
    if (how.priority === "answer") {
      this.#waiting = this.#waiting.filter((piece) => piece.priority === "answer");
      if (this.#current?.priority === "remark") this.#cut();
    }
    this.#waiting.push(...split(text).map((piece) => ({ text: piece, ...how })));
    if (this.#current === null) this.#next();
  }

  /**
   * Drop what answers a stimulus, in the middle of a word if need be; go on with the rest.
   * @param {string} stimulus its id
   */
  hush(stimulus) {
    this.#waiting = this.#waiting.filter(({ answers }) => answers !== stimulus);
    if (this.#current?.answers === stimulus) this.#skip();
  }

  /** Fall silent at once, and forget what was still to be said. */
  silence() {
    this.#waiting = [];
    this.#cut();
    this.#options.onspeaking(false);
  }

  // Internal

  #next() {
    this.#leave();
    const piece = this.#waiting.shift() ?? null;
    this.#current = piece;
    if (piece === null) return this.#options.onspeaking(false);
    const utterance = this.#options.utter(piece.text, piece.language);
    utterance.onstart = () => this.#begin(piece);
    utterance.onend = () => this.#next();
    utterance.onerror = ({ error }) => this.#fail(error);
    this.#utterance = utterance;
    this.#watchdog = setTimeout(() => this.#doubt(piece), START_LIMIT);
    this.#options.synthesis.speak(utterance);
  }

  /** @param {Saying} piece */
  #begin(piece) {
    clearTimeout(this.#watchdog);
    const words = (WORD_LIMIT * countWords(piece.text)) / (this.#options.rate ?? 1);
    this.#watchdog = setTimeout(() => this.#skip(), PIECE_LIMIT + words);
    this.#options.onspeaking(true);
  }

  /**
   * Nobody said that the piece has begun: some voices do not tell, others are none.
   * @param {Saying} piece
   */
  #doubt(piece) {
    if (this.#options.synthesis.speaking) this.#begin(piece);
    else this.#fail("synthesis-failed");
  }

  #skip() {
    this.#cut();
    this.#next();
  }

  /** @param {string} error */
  #fail(error) {
    this.silence();
    this.#options.onfailure(error);
  }

  #cut() {
    if (this.#leave()) this.#options.synthesis.cancel();
  }

  /** Let go of the current piece; tell whether there was one. */
  #leave() {
    clearTimeout(this.#watchdog);
    const utterance = this.#utterance;
    if (utterance !== null) utterance.onstart = utterance.onend = utterance.onerror = null;
    this.#utterance = null;
    this.#current = null;
    return utterance !== null;
  }
}
