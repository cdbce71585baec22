// Boxes over the preview: where things are, each with its name. They follow the preview, whatever its size and shape.

import { make } from "../dom.js";
import { lay, spread } from "./geometry.js";
import { Sightings } from "./sightings.js";

/** @import {Context} from "../context.js" */
/** @import {Rectangle, Size} from "./geometry.js" */
/** @import {Box, Show} from "../wire.js" */

const BAR = 52; // pixels at the top of the stage that the page's bar covers
const LINE = 24; // pixels that a name is high
const NARROWEST = 48; // pixels that a name has at the right edge

export class Boxes {
  #stage;
  #signal;
  #place = make("div", { className: "boxes", ariaHidden: "true" }); // the labels and the text say it in words
  #sightings = new Sightings();
  /** @type {HTMLVideoElement | null} */
  #video = null;
  #observer = new ResizeObserver(() => this.#draw());
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Context} context */
  constructor({ slot, on, signal }) {
    this.#stage = slot("stage");
    this.#signal = signal;
    this.#stage.append(this.#place);
    on("frame", ({ id }) => this.#sightings.sent(id));
    on("sentence", ({ id }) => this.#sightings.sent(id));
    on("view", ({ open }) => {
      if (!open) this.clear();
    });
    on("connection", ({ connected }) => {
      if (!connected) this.clear(); // what is shown instead will not be heard of
    });
    on("switched", () => this.clear()); // what is switched off will not say that they are gone
    signal.addEventListener("abort", () => this.#leave(), { once: true });
  }

  /**
   * Draw what a cortex has found, in place of what it had found before.
   * @param {Show} show
   */
  show(show) {
    if (!this.#sightings.see(show, performance.now())) return;
    this.#age();
  }

  clear() {
    this.#sightings.clear();
    this.#draw();
  }

  #age() {
    this.#draw();
    clearTimeout(this.#timer);
    const { until } = this.#sightings;
    if (until < Infinity) this.#timer = setTimeout(() => this.#age(), until - performance.now() + 10);
  }

  #draw() {
    const boxes = this.#sightings.at(performance.now());
    const video = boxes.length > 0 ? this.#follow() : null;
    const view = { width: video?.clientWidth ?? 0, height: video?.clientHeight ?? 0 };
    const picture = video && spread(view, { width: video.videoWidth, height: video.videoHeight }, getComputedStyle(video).objectFit);
    if (!picture) return this.#place.replaceChildren();
    const { offsetLeft = 0, offsetTop = 0 } = video ?? {};
    Object.assign(this.#place.style, { left: `${offsetLeft}px`, top: `${offsetTop}px`, width: `${view.width}px`, height: `${view.height}px` });
    const mirrored = video?.classList.contains("mirror") ?? false;
    this.#place.replaceChildren(...boxes.flatMap((box) => frame(box, lay(box, picture, mirrored), view)));
  }

  /** Return the preview, and draw anew whenever its size or its picture's shape changes. */
  #follow() {
    const video = this.#stage.querySelector("video");
    if (video === this.#video) return video;
    this.#observer.disconnect();
    this.#video = video;
    if (video === null) return null;
    this.#observer.observe(video);
    video.addEventListener("resize", () => this.#draw(), { signal: this.#signal }); // a phone was turned
    video.addEventListener("emptied", () => this.clear(), { signal: this.#signal }); // another camera
    return video;
  }

  #leave() {
    clearTimeout(this.#timer);
    this.#observer.disconnect();
    this.#place.remove();
  }
}

/**
 * Make a box, its name above it where there is room, else inside, and beneath the bar.
 * @param {Box} box
 * @param {Rectangle | null} at
 * @param {Size} view
 */
function frame({ name }, at, view) {
  if (at === null) return [];
  const element = make("div", { className: "box" });
  for (const side of /** @type {const} */ (["left", "top", "width", "height"])) element.style[side] = `${at[side]}px`;
  if (typeof name !== "string" || name === "") return [element];
  const label = make("span", { textContent: name, dir: "auto" });
  const left = Math.min(Math.max(at.left, 0), view.width - NARROWEST);
  label.style.left = `${left - at.left}px`;
  label.style.maxWidth = `${view.width - left}px`;
  const isInside = at.top < BAR + LINE;
  element.dataset.name = isInside ? "inside" : "above";
  if (isInside) label.style.top = `${Math.max(0, Math.min(BAR - at.top, at.height - LINE))}px`;
  element.append(label);
  return [element];
}
