// The album: the pictures of one thing, each of which can be removed, and the whole forgotten.

import { make, makeButton, setText } from "./elements.js";
import { More } from "./more.js";
import { PictureList } from "./picture-list.js";

/** @import {Glimpses} from "./glimpses.js" */
/** @import {Pages} from "./pages.js" */
/** @import {Words} from "./texts.js" */

const BACK = "←";

export class Album {
  root = make("div", { className: "view album", hidden: true });
  /** The thing that it is about. */
  thing = "";
  #words;
  #list;
  #more;
  #name = make("h2", { tabIndex: -1, dir: "auto" });
  #facts = make("p", { className: "count-text" });
  #forget = make("div", { className: "actions" });
  #sure = make("div", { className: "sure", hidden: true });
  #question = make("p");
  #keepIt;

  /**
   * @param {Words} words
   * @param {Glimpses} glimpses
   * @param {object} on what the person does
   * @param {() => void} on.back
   * @param {(picture: string) => void} on.remove
   * @param {() => void} on.more
   * @param {() => void} on.forget
   */
  constructor(words, glimpses, on) {
    this.#words = words;
    this.#list = new PictureList(words, glimpses, on.remove);
    this.#more = new More(words, on.more);
    const back = makeButton("back", BACK, on.back);
    back.ariaLabel = words.back;
    this.#keepIt = makeButton("", words.keepIt, () => this.#ask(false));
    const forget = makeButton("alarm", words.forget, () => this.#ask(true));
    this.#forget.append(forget);
    this.#sure.append(this.#question, make("div", { className: "actions" }, makeButton("wish alarm full", words.forgetNow, on.forget), this.#keepIt));
    this.#sure.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // it closes the question, not the panel
      event.stopPropagation();
      this.#ask(false);
    };
    const head = make("div", { className: "head" }, back, make("div", {}, this.#name, this.#facts));
    this.root.append(head, this.#list.root, this.#more.button, this.#forget, this.#sure);
  }

  focus() {
    this.#name.focus({ preventScroll: true });
  }

  /**
   * Be about a thing.
   * @param {string} thing
   */
  open(thing) {
    this.thing = thing;
    this.root.scrollTop = 0;
    this.#forget.hidden = false;
    this.#sure.hidden = true;
  }

  /**
   * @param {Pages<string>} pages
   * @param {string} date when it was last taught, in words; empty: nobody knows
   * @param {boolean} loading
   */
  show(pages, date, loading) {
    const count = this.#words.pictures(pages.total ?? pages.items.length);
    setText(this.#name, this.thing);
    setText(this.#facts, [...(pages.total === null ? [] : [count]), ...(date === "" ? [] : [this.#words.taught(date)])].join(" · "));
    setText(this.#question, this.#words.sure(count));
    this.#list.show(pages.items, this.thing, true);
    this.#more.show(pages, loading);
  }

  /** @param {boolean} asks whether it asks if the thing is really to be forgotten */
  #ask(asks) {
    this.#forget.hidden = asks;
    this.#sure.hidden = !asks;
    (asks ? this.#keepIt : this.#forget.querySelector("button"))?.focus();
    this.#sure.scrollIntoView({ block: "nearest" });
  }
}
