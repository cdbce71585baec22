// The course of lessons: how the one under way stands, where it is shown, and what the person wants with it.

import { Card } from "./card.js";
import { Classroom } from "./classroom.js";
import { Lesson } from "./lesson.js";

/** @import {Glimpses} from "./glimpses.js" */
/** @import {News} from "./lesson.js" */
/** @import {Deed} from "./lesson-view.js" */
/** @import {Words} from "./texts.js" */
/** @import {Wishes} from "./wishes.js" */

const STALL = 70_000; // ms without news after which a lesson is given up: longer than the server lets one take

/**
 * @typedef {object} CourseOptions
 * @property {Words} words
 * @property {Glimpses} glimpses
 * @property {Wishes} wishes
 * @property {(text: string) => void} notify
 * @property {() => void} onchange something is to be shown anew
 */

export class Course {
  card;
  classroom;
  #options;
  #lesson = new Lesson();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #stall;

  /** @param {CourseOptions} options */
  constructor(options) {
    this.#options = options;
    const { words, glimpses } = options;
    const ondeed = (/** @type {Deed} */ deed) => this.#do(deed);
    this.card = new Card(words, glimpses, ondeed, () => this.#close());
    this.classroom = new Classroom(words, glimpses, {
      start: (thing) => this.#begin(thing),
      deed: ondeed,
      remove: (picture) => this.#remove(picture),
    });
  }

  // From the server

  /** @param {News} news */
  receive(news) {
    if (this.#lesson.receive(news)) this.#changed();
  }

  /** @param {string} why the lesson cannot go on, if there is one */
  fail(why) {
    if (this.#lesson.running) this.#lesson.fail(why);
    this.#changed();
  }

  /** The server did not answer what the person wanted. */
  disappoint() {
    const { words, notify } = this.#options;
    if (!this.#lesson.running) notify(words.silent);
    this.fail(words.silent);
  }

  // On the page

  /** @param {boolean} inPanel whether the panel shows it */
  show(inPanel) {
    const busy = this.#options.wishes.waits("lesson");
    this.classroom.show(this.#lesson, busy);
    if (inPanel || this.#lesson.stage === "none") this.card.hide();
    else this.card.show(this.#lesson, busy);
  }

  /** The person has seen what came of the lesson, if it has ended. */
  leave() {
    if (this.#lesson.stage === "learned" || this.#lesson.over) this.#lesson.clear();
  }

  end() {
    clearTimeout(this.#stall);
    this.card.hide();
  }

  // From the person

  /** @param {string} thing */
  #begin(thing) {
    if (this.#wish({ want: "learn", thing })) this.#lesson.begin(thing);
    this.#changed();
  }

  /** @param {Deed} deed */
  #do(deed) {
    const { id, thing } = this.#lesson;
    if (deed === "done") return this.#close();
    if (this.#options.wishes.waits("lesson")) return;
    if (deed === "stop" || deed === "discard") return this.#drop();
    this.#wish({ want: deed, lesson: id, thing });
    this.#changed();
  }

  /** Have it come to nothing; whether the server still knows of it does not matter. */
  #drop() {
    const { wishes } = this.#options;
    if (this.#wish({ want: "discard", lesson: this.#lesson.id })) this.#lesson.clear();
    wishes.settle("lesson");
    this.#changed();
  }

  /** @param {string} picture */
  #remove(picture) {
    if (this.#wish({ want: "remove", picture })) this.#lesson.remove(picture);
    this.#changed();
  }

  /** Close the card. What the server still wants to know, it can be told by voice; what it still looks at, is stopped. */
  #close() {
    if (this.#lesson.running) return this.#drop();
    this.#lesson.clear();
    this.#changed();
  }

  /** @param {Record<string, unknown>} fields */
  #wish(fields) {
    return this.#options.wishes.make("lesson", fields);
  }

  #changed() {
    clearTimeout(this.#stall);
    if (this.#lesson.running) this.#stall = setTimeout(() => this.fail(this.#options.words.silent), STALL);
    this.#options.onchange();
  }
}
