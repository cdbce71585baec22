// A picture that was taken, as a line of the conversation: to be looked at, and to be kept.

import { make } from "../dom.js";

/**
 * @typedef {object} PhotoWords
 * @property {string} photo what it is, where it has no caption
 * @property {string} save
 */

/**
 * Make the line; it is whole, so that its height is known. Release it when it goes.
 * @param {Uint8Array<ArrayBuffer>} jpeg
 * @param {string} caption
 * @param {Date} taken
 * @param {PhotoWords} words
 */
export async function makePhoto(jpeg, caption, taken, words) {
  const url = URL.createObjectURL(new Blob([jpeg], { type: "image/jpeg" }));
  const image = make("img", { src: url, alt: words.photo });
  try {
    await image.decode();
  } catch (error) {
    URL.revokeObjectURL(url);
    throw new Error("the picture cannot be shown: it is no JPEG", { cause: error });
  }
  const save = make("a", { href: url, download: fileName(taken), textContent: words.save });
  const text = make("span", { textContent: caption, dir: "auto" });
  return make("figure", { className: "line bot photo" }, image, make("figcaption", {}, text, save));
}

/**
 * Let go of a picture's bytes.
 * @param {HTMLElement} photo
 */
export function releasePhoto(photo) {
  const image = photo.querySelector("img");
  if (image !== null) URL.revokeObjectURL(image.src);
}

/**
 * Return the name of the file that a picture is kept in, by the clock on the wall.
 * @param {Date} taken
 */
export function fileName(taken) {
  const parts = [taken.getMonth() + 1, taken.getDate(), taken.getHours(), taken.getMinutes(), taken.getSeconds()];
  return `cortex-${[taken.getFullYear(), ...parts.map((part) => String(part).padStart(2, "0"))].join("-")}.jpg`;
}
