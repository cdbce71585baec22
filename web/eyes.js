// "Eyes shut": while they are, no sense that watches opens, and no picture leaves the page. The browser remembers it.

/** @import {Keeper} from "./keeper.js" */
/** @import {Notice} from "./notices.js" */

const SHUT = "shut";
const KEY = "eyes"; // of the notice

/**
 * @typedef {object} EyesOptions
 * @property {Pick<Keeper, "read" | "write">} keeper
 * @property {string} refusal what to tell who wants them to look all the same
 * @property {(notice: Notice) => () => void} notify
 * @property {(shut: boolean) => void} onchange
 */

export class Eyes {
  #options;
  #shut;
  #dismiss = () => {};

  /** @param {EyesOptions} options */
  constructor(options) {
    this.#options = options;
    this.#shut = options.keeper.read() === SHUT;
  }

  get shut() {
    return this.#shut;
  }

  /** Why nothing is looked at. */
  get refusal() {
    return this.#options.refusal;
  }

  /** @param {boolean} shut */
  set(shut) {
    if (shut === this.#shut) return;
    this.#shut = shut;
    this.#options.keeper.write(shut ? SHUT : "open");
    if (!shut) this.#dismiss();
    this.#options.onchange(shut);
  }

  /** Tell the person why nothing is looked at. */
  refuse() {
    this.#dismiss = this.#options.notify({ key: KEY, text: this.refusal });
  }
}
