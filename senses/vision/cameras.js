// The choice of the camera: a list of all there are, and a button that turns a phone's round.

import { listCameras } from "./camera.js";

const TURN =
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M5 9a7.5 7.5 0 0 1 13.6-1.2M19 4.5v3.8h-3.8M19 15a7.5 7.5 0 0 1-13.6 1.2M5 19.5v-3.8h3.8"/></svg>';

/**
 * @typedef {object} CamerasOptions
 * @property {{camera: string, flip: string, unnamed: string}} words
 * @property {(deviceId: string) => void} onchoose
 * @property {() => void} onflip
 */

export class Cameras {
  #words;
  #select;
  #flip;

  /**
   * @param {HTMLElement} place
   * @param {CamerasOptions} options
   */
  constructor(place, { words, onchoose, onflip }) {
    this.#words = words;
    this.#select = Object.assign(document.createElement("select"), { ariaLabel: words.camera, hidden: true });
    this.#select.onchange = () => onchoose(this.#select.value);
    this.#flip = Object.assign(document.createElement("button"), { type: "button", ariaLabel: words.flip, hidden: true });
    this.#flip.title = words.flip;
    this.#flip.innerHTML = TURN;
    this.#flip.onclick = onflip;
    place.append(this.#select, this.#flip);
  }

  /**
   * Show the cameras that there are, if there is a choice.
   * @param {string | undefined} current the id of the one that is open
   */
  async show(current) {
    const cameras = await listCameras();
    const options = cameras.map(({ deviceId, label }, index) => new Option(label || `${this.#words.unnamed} ${index + 1}`, deviceId));
    this.#select.replaceChildren(...options);
    if (current !== undefined) this.#select.value = current;
    this.#select.hidden = this.#flip.hidden = cameras.length < 2;
  }

  /**
   * Return the id of the camera that comes after another in the list.
   * @param {string | undefined} deviceId
   */
  after(deviceId) {
    const ids = [...this.#select.options].map(({ value }) => value);
    return ids[(ids.indexOf(deviceId ?? "") + 1) % ids.length];
  }

  remove() {
    this.#select.remove();
    this.#flip.remove();
  }
}
