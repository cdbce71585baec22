// A button for each sense and actuator that has a title: pressed while it is open.

import { make } from "./dom.js";

/** @import {Faculty} from "./faculty.js" */

const SVG = "http://www.w3.org/2000/svg";

export class Toggles {
  #place;
  #translate;
  #onpress;
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();

  /**
   * @param {HTMLElement} place
   * @param {(texts: Record<string, string>) => string} translate
   * @param {(faculty: Faculty) => void} onpress
   */
  constructor(place, translate, onpress) {
    this.#place = place;
    this.#translate = translate;
    this.#onpress = onpress;
  }

  /**
   * Show how a faculty is.
   * @param {Faculty} faculty
   */
  show(faculty) {
    if (!faculty.hasButton) return;
    const button = this.#buttons.get(faculty.name) ?? this.#add(faculty);
    button.ariaPressed = String(faculty.wanted && !faculty.barred);
    button.ariaBusy = String(faculty.state === "opening");
    button.dataset.state = faculty.state;
    button.title = faculty.reason;
  }

  /** @param {Faculty} faculty */
  remove(faculty) {
    this.#buttons.get(faculty.name)?.remove();
    this.#buttons.delete(faculty.name);
  }

  /** Put the focus on the first button. */
  focus() {
    this.#place.querySelector("button")?.focus();
  }

  /** @param {Faculty} faculty */
  #add(faculty) {
    const { title = {}, icon = "" } = faculty.module ?? {};
    const button = make("button", { type: "button", className: "toggle", onclick: () => this.#onpress(faculty) });
    button.append(drawing(icon), make("span", { textContent: this.#translate(title) }));
    button.dataset.position = String(faculty.position);
    const next = [...this.#place.querySelectorAll("button")].find(({ dataset }) => Number(dataset.position) > faculty.position);
    this.#place.insertBefore(button, next ?? null);
    this.#buttons.set(faculty.name, button);
    return button;
  }
}

/** @param {string} path */
function drawing(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
