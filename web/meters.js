// The small figures: frames a second, and the time from the camera to the label.

import { setText } from "./dom.js";
import { fill } from "./language.js";

/** @import {Numbers} from "./numbers.js" */
/** @import {Pulse} from "./pulse.js" */

const EVERY = 500; // ms between two looks at the figures

export class Meters {
  #rate;
  #lag;
  #pulse;
  #words;
  #numbers;

  /**
   * @param {HTMLElement} rate
   * @param {HTMLElement} lag
   * @param {Pulse} pulse
   * @param {{rate: string, rateTitle: string, lag: string, lagTitle: string}} words
   * @param {Numbers} numbers
   */
  constructor(rate, lag, pulse, words, numbers) {
    this.#rate = rate;
    this.#lag = lag;
    this.#pulse = pulse;
    this.#words = words;
    this.#numbers = numbers;
    rate.title = words.rateTitle;
    lag.title = words.lagTitle;
    setInterval(() => this.#update(), EVERY);
  }

  #update() {
    const fps = this.#pulse.rate(Date.now());
    const { lag } = this.#pulse;
    setText(this.#rate, fps > 0 ? fill(this.#words.rate, { fps: this.#numbers.number(fps) }) : "");
    setText(this.#lag, fps > 0 && lag !== null ? fill(this.#words.lag, { ms: this.#numbers.number(Math.round(lag)) }) : "");
  }
}
