// Where the person writes what a thing is called, and begins a lesson.

import { make, setText } from "./elements.js";

/** @import {Words} from "./texts.js" */

const LONGEST = 1000; // characters, as the server has it; which names it refuses, it says itself

export class Form {
  root = make("form", { className: "form" });
  #words;
  #box = make("input", { type: "text", name: "thing", autocomplete: "off", enterKeyHint: "go", maxLength: LONGEST, dir: "auto" });
  #start = make("button", { type: "submit", className: "wish main" });
  #hint = make("p", { className: "hint-text", id: "teach-hint" });
  #fault = make("p", { className: "fault", dir: "auto" });

  /**
   * @param {Words} words
   * @param {(thing: string) => void} onstart
   */
  constructor(words, onstart) {
    this.#words = words;
    this.#box.placeholder = words.example;
    this.#box.setAttribute("aria-describedby", this.#hint.id);
    this.#start.textContent = words.start;
    this.#hint.textContent = words.hint;
    this.#box.id = "teach-thing";
    const label = make("label", { htmlFor: this.#box.id, textContent: words.ask });
    this.root.append(label, make("div", { className: "row" }, this.#box, this.#start), this.#fault, this.#hint);
    this.#box.oninput = () => this.fault("");
    this.root.onsubmit = (event) => {
      event.preventDefault();
      if (this.#start.ariaDisabled === "true") return;
      const thing = this.#box.value.trim();
      this.fault(thing === "" ? this.#words.nameless : "");
      if (thing === "") this.focus();
      else onstart(thing);
    };
  }

  /** Let the person type. */
  focus() {
    this.#box.focus({ preventScroll: true });
    this.#box.select();
  }

  /** Forget what was typed. */
  clear() {
    this.#box.value = "";
  }

  /**
   * Show what was wrong with it; an empty text takes that away.
   * @param {string} text
   * @param {boolean} [aloud] false where the bot says it anyway, so that a screen reader does not read it twice
   */
  fault(text, aloud = true) {
    this.#fault.role = aloud ? "alert" : null;
    setText(this.#fault, text);
    this.#box.ariaInvalid = String(text !== "");
  }
}
