// The small pictures: the server sends each one's bytes, before or after it names them.

import { Cache } from "./cache.js";
import { make } from "./elements.js";

const HELD = 300;

/** @typedef {{picture: string, payload: Uint8Array<ArrayBuffer>}} Glimpse */

export class Glimpses {
  /** @type {Cache<string>} */
  #addresses = new Cache(HELD, (address) => URL.revokeObjectURL(address));
  /** Where the pictures stand. @type {HTMLElement[]} */
  places = [];

  /**
   * Make the element of a picture; it is empty until the picture has come.
   * @param {string} picture its name
   */
  make(picture) {
    const image = make("img", { alt: "", draggable: false });
    image.dataset.picture = picture;
    this.#fill(image);
    return image;
  }

  /**
   * Have an element show another picture.
   * @param {HTMLImageElement} image
   * @param {string} picture
   */
  change(image, picture) {
    if (image.dataset.picture === picture) return;
    image.dataset.picture = picture;
    this.#fill(image);
  }

  /** @param {Glimpse} glimpse */
  receive({ picture, payload }) {
    this.#addresses.set(picture, URL.createObjectURL(new Blob([payload], { type: "image/jpeg" })));
    for (const image of this.places.flatMap((place) => [...place.querySelectorAll("img")])) {
      if (image.dataset.picture === picture) this.#fill(image);
    }
  }

  /** Let go of all bytes. */
  clear() {
    this.#addresses.clear();
  }

  /** @param {HTMLImageElement} image */
  #fill(image) {
    const address = this.#addresses.get(image.dataset.picture ?? "");
    if (address !== undefined) image.src = address; // until then the last picture is better than none
  }
}
