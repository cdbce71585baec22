// The panel's first half: the form, and in its place the lesson while there is one.

import { make } from "./elements.js";
import { Form } from "./form.js";
import { LessonView } from "./lesson-view.js";

/** @import {Glimpses} from "./glimpses.js" */
/** @import {Lesson} from "./lesson.js" */
/** @import {Deed} from "./lesson-view.js" */
/** @import {Words} from "./texts.js" */

export class Classroom {
  root = make("div", { className: "view classroom" });
  #words;
  #form;
  #view;

  /**
   * @param {Words} words
   * @param {Glimpses} glimpses
   * @param {object} on what the person does
   * @param {(thing: string) => void} on.start
   * @param {(deed: Deed) => void} on.deed
   * @param {(picture: string) => void} on.remove
   */
  constructor(words, glimpses, on) {
    this.#words = words;
    this.#form = new Form(words, on.start);
    this.#view = new LessonView(words, glimpses, on.deed, on.remove);
    this.root.append(this.#form.root, this.#view.root);
    this.#view.root.hidden = true;
  }

  focus() {
    if (this.#form.root.hidden) this.#view.focus();
    else this.#form.focus();
  }

  /**
   * @param {Lesson} lesson
   * @param {boolean} busy whether the server has not answered the last wish yet
   */
  show(lesson, busy) {
    const { stage, over, text, broken } = lesson;
    const held = this.root.contains(document.activeElement);
    const writes = stage === "none" || over;
    const turned = this.#form.root.hidden === writes;
    this.#view.show(lesson, busy);
    this.#view.root.hidden = writes;
    this.#form.root.hidden = !writes;
    if (stage === "learned") this.#form.clear();
    if (over) this.#form.fault(text || this.#words.stages[stage], broken);
    else if (turned) this.#form.fault("");
    if (held && turned) this.focus();
  }
}
