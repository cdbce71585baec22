// The connection's state, in words: said once to a screen reader, counted down for the eye only.

import { make, setText } from "./dom.js";
import { fill } from "./language.js";

/** @import {SocketState} from "./socket.js" */

export class Connection {
  #pill;
  #text;
  #notices;
  #words;
  #gone;
  #goneText;
  #countdown;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} pill
   * @param {HTMLElement} text in it
   * @param {HTMLElement} notices where it stands that the server is gone
   * @param {{away: string, connected: string, connecting: string, gone: string, countdown: string}} words
   */
  constructor(pill, text, notices, words) {
    this.#pill = pill;
    this.#text = text;
    this.#notices = notices;
    this.#words = words;
    this.#goneText = make("p", { role: "alert" });
    this.#countdown = make("p", { ariaLive: "off" });
    this.#gone = make("div", { className: "notice gone", hidden: true }, this.#goneText, this.#countdown);
    this.#notices.before(this.#gone);
  }

  /** @param {SocketState} state */
  show(state) {
    clearInterval(this.#timer);
    this.#pill.dataset.state = state.name;
    if (state.name === "waiting") return this.#wait(state.pause);
    setText(this.#text, this.#words[state.name]);
    setText(this.#countdown, this.#words.connecting);
    if (state.name === "connected") {
      setText(this.#goneText, "");
      this.#gone.hidden = true;
    }
  }

  /** @param {number} pause ms */
  #wait(pause) {
    const until = Date.now() + pause;
    const count = () => {
      const seconds = Math.max(1, Math.ceil((until - Date.now()) / 1000));
      setText(this.#countdown, fill(this.#words.countdown, { s: seconds }));
    };
    count();
    this.#timer = setInterval(count, 500);
    setText(this.#text, this.#words.away);
    this.#gone.hidden = false;
    setText(this.#goneText, this.#words.gone);
  }
}
