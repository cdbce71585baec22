// A lesson as it is shown, in the panel or on the card: how far it is, its pictures, and what the person can do.

import { make, makeButton, setText } from "./elements.js";
import { PictureList } from "./picture-list.js";

/** @import {Glimpses} from "./glimpses.js" */
/** @import {Lesson, Stage} from "./lesson.js" */
/** @import {Words} from "./texts.js" */

/** @typedef {"stop" | "discard" | "undo" | "keep" | "done"} Deed */

/** @type {Deed[]} */
const DEEDS = ["stop", "discard", "undo", "keep", "done"];
const MAIN = ["keep", "done"];

/** @type {Partial<Record<Stage, Deed[]>>} */
const OFFERED = { looking: ["stop"], asking: ["keep", "discard"], learned: ["undo", "done"] };

export class LessonView {
  root = make("div", { className: "lesson" });
  #words;
  #removable;
  #pictures;
  #name = make("h2", { tabIndex: -1, dir: "auto" });
  #text = make("p", { className: "text", dir: "auto" });
  #bar = make("progress");
  #taken = make("span");
  #progress = make("p", { className: "progress" }, this.#bar, this.#taken);
  #actions = make("div", { className: "actions" });

  /**
   * @param {Words} words
   * @param {Glimpses} glimpses
   * @param {(deed: Deed) => void} ondeed
   * @param {(picture: string) => void} [onremove] left out: its pictures cannot be removed here
   */
  constructor(words, glimpses, ondeed, onremove) {
    this.#words = words;
    this.#removable = onremove !== undefined;
    this.#pictures = new PictureList(words, glimpses, onremove ?? (() => {}));
    this.#bar.ariaLabel = words.progress;
    for (const deed of DEEDS) {
      const button = makeButton(`wish${MAIN.includes(deed) ? " main" : ""}`, words[deed], () => ondeed(deed));
      button.classList.toggle("wish", deed !== "done"); // which asks nothing of the server
      button.dataset.deed = deed;
      this.#actions.append(button);
    }
    this.root.append(this.#name, this.#text, this.#progress, this.#pictures.root, this.#actions);
  }

  /** Put the focus where a screen reader begins to read. */
  focus() {
    this.#name.focus({ preventScroll: true });
  }

  /**
   * @param {Lesson} lesson
   * @param {boolean} busy whether the server has not answered the last wish yet
   */
  show(lesson, busy) {
    const { stage, thing, wanted, pictures, text } = lesson;
    const held = this.root.contains(document.activeElement);
    const moved = this.root.dataset.stage !== stage;
    this.root.dataset.stage = stage;
    setText(this.#name, thing);
    setText(this.#text, text || this.#words.stages[stage]);
    this.#progress.hidden = !lesson.running;
    if (wanted > 0) Object.assign(this.#bar, { max: wanted, value: pictures.length });
    else this.#bar.removeAttribute("value"); // nobody knows yet
    setText(this.#taken, wanted > 0 ? this.#words.taken(pictures.length, wanted) : "");
    this.#pictures.show(pictures, thing, this.#removable && stage === "learned");
    for (const button of this.#actions.querySelectorAll("button")) {
      const deed = /** @type {Deed} */ (button.dataset.deed);
      button.hidden = !OFFERED[stage]?.includes(deed);
      button.ariaBusy = String(busy);
    }
    if (held && moved) this.focus();
  }
}
