// The panel: a dialog over the conversation, so that what is before the camera stays in view.

import { make, makeButton, setText } from "./elements.js";
import { Tabs } from "./tabs.js";

/** @import {Words} from "./texts.js" */

export class Panel {
  root = make("dialog", { className: "teach-panel", id: "teach-panel" });
  #tabs;
  #reason = make("p", { className: "reason", role: "status" });

  /**
   * @param {Words} words
   * @param {{lesson: HTMLElement, gallery: HTMLElement}} views
   * @param {object} on what the person does
   * @param {(tab: string) => void} on.turn
   * @param {() => void} on.toggle the panel has opened or closed
   */
  constructor(words, views, on) {
    this.#tabs = new Tabs(words.tabs, views, on.turn);
    const close = makeButton("close", "×", () => this.close());
    close.ariaLabel = words.close;
    this.root.ariaLabel = words.title;
    this.root.setAttribute("closedby", "closerequest"); // Escape, or the phone's back gesture
    this.root.append(make("header", {}, this.#tabs.root, close), this.#reason, ...Object.values(views));
    this.root.addEventListener("close", on.toggle);
    this.turn("lesson");
  }

  get isOpen() {
    return this.root.open;
  }

  /** Which half is shown: `lesson` or `gallery`. */
  get tab() {
    return this.#tabs.chosen;
  }

  /** @param {string} tab */
  turn(tab) {
    this.#tabs.choose(tab);
    this.root.toggleAttribute("data-tall", tab === "gallery"); // where there is no room beside the scene
  }

  /** Put the focus on the name of the half that is shown. */
  focus() {
    this.#tabs.focus();
  }

  /** Open it; the browser gives the focus back when it closes. */
  open() {
    if (!this.root.open) this.root.show();
  }

  close() {
    this.root.close();
  }

  /**
   * Say why some buttons do nothing; an empty text: they do.
   * @param {string} reason
   */
  explain(reason) {
    setText(this.#reason, reason);
  }
}
