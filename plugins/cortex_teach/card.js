// The card: a lesson that goes on while the panel is shut, for one that was begun by voice.

import { make, makeButton, setText } from "./elements.js";
import { LessonView } from "./lesson-view.js";

/** @import {Glimpses} from "./glimpses.js" */
/** @import {Lesson} from "./lesson.js" */
/** @import {Deed} from "./lesson-view.js" */
/** @import {Words} from "./texts.js" */

const LINGER = 8_000; // ms that it stays once all is said
const AGAIN = 1_500; // ms after which it looks again whether the person is at it

export class Card {
  root = make("section", { className: "teach-card", hidden: true });
  /** Read out when a lesson begins; what comes of it stands in the conversation, which is read out too. */
  news = make("p", { className: "teach-news", role: "status" });
  #words;
  #view;
  #onclose;
  #shown = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Words} words
   * @param {Glimpses} glimpses
   * @param {(deed: Deed) => void} ondeed
   * @param {() => void} onclose the person, or time, has closed it
   */
  constructor(words, glimpses, ondeed, onclose) {
    this.#words = words;
    this.#onclose = onclose;
    this.#view = new LessonView(words, glimpses, ondeed);
    this.root.ariaLabel = words.lesson;
    const close = makeButton("close", "×", onclose);
    close.ariaLabel = words.close;
    this.root.append(this.#view.root, close);
  }

  /**
   * @param {Lesson} lesson
   * @param {boolean} busy whether the server has not answered the last wish yet
   */
  show(lesson, busy) {
    this.root.hidden = false;
    this.#view.show(lesson, busy);
    const shown = `${lesson.id} ${lesson.stage}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    clearTimeout(this.#timer);
    if (lesson.stage === "learned" || lesson.over) this.#timer = setTimeout(() => this.#leave(), LINGER);
    setText(this.news, lesson.running ? this.#words.looks(lesson.thing) : "");
  }

  hide() {
    clearTimeout(this.#timer);
    this.#shown = "";
    this.root.hidden = true;
    setText(this.news, "");
  }

  #leave() {
    const hovered = this.root.matches(":hover") && matchMedia("(hover: hover)").matches;
    if (hovered || this.root.querySelector(":focus-visible") !== null) this.#timer = setTimeout(() => this.#leave(), AGAIN);
    else this.#onclose();
  }
}
