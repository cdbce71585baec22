// The end of a list that comes some at a time: a button that brings more, and presses itself when it is scrolled to.

import { makeButton, setText } from "./elements.js";

/** @import {Pages} from "./pages.js" */
/** @import {Words} from "./texts.js" */

export class More {
  #words;
  #observer;

  /**
   * @param {Words} words
   * @param {() => void} onmore
   */
  constructor(words, onmore) {
    this.#words = words;
    this.button = makeButton("wish more", words.more, onmore);
    this.#observer = new IntersectionObserver((entries) => entries.at(-1)?.isIntersecting && this.button.click());
  }

  /**
   * @param {Pages<any>} pages
   * @param {boolean} loading
   */
  show(pages, loading) {
    const ended = pages.total !== null && !pages.more;
    this.button.hidden = ended;
    this.button.ariaBusy = String(loading);
    setText(this.button, loading ? this.#words.loading : pages.total === null ? this.#words.again : this.#words.more);
    this.#observer.disconnect();
    if (!ended && !loading && pages.total !== null) this.#observer.observe(this.button);
  }
}
