// Touch, in the browser: cuts a square round the tap out of the preview, and sends it as a question.

import { squareAt } from "./crop.js";
import { showRing } from "./ring.js";

const QUALITY = 0.9; // of the JPEG, from 0 to 1

const TEXTS = {
  en: { ask: "What is this?", shut: "My eye is closed. Open it, then tap what you mean.", away: "Not asked: the server is gone." },
  fr: {
    ask: "Qu'est-ce que c'est ?",
    shut: "J'ai l'œil fermé. Ouvrez-le, puis touchez ce que vous voulez dire.",
    away: "Pas demandé : le serveur ne répond plus.",
  },
};
const TARGET = "M12 3v4M12 17v4M3 12h4M17 12h4M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10z";

/** @type {HTMLElement | null} */
let button = null;

/**
 * Begin to feel taps.
 * @param {object} context everything in it stands in docs/browser.md; this is what is used here
 * @param {Record<string, any>} context.settings the options of the Python half
 * @param {string} context.language
 * @param {AbortSignal} context.signal aborted when the sense is to stop
 * @param {(fields: Record<string, unknown>, payload: Blob) => string | null} context.send
 * @param {(type: string, detail: unknown) => void} context.emit
 * @param {(text: string) => () => void} context.notify
 * @param {(name: "stage" | "controls") => HTMLElement} context.slot
 * @param {<Words>(texts: Record<string, Words>) => Words} context.translate
 */
export function start({ settings, language, signal, send, emit, notify, slot, translate }) {
  const words = translate(TEXTS);
  const stage = slot("stage");
  let dismiss = () => {};

  /** @param {{x: number, y: number} | null} tap on the page; null: the middle */
  const ask = async (tap) => {
    dismiss();
    const captured = Date.now();
    const video = stage.querySelector("video");
    if (video === null || video.videoWidth === 0) {
      dismiss = notify(words.shut);
      return;
    }
    const box = video.getBoundingClientRect();
    const point = tap ?? { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    const view = { box, width: video.videoWidth, height: video.videoHeight, mirrored: video.matches(".mirror") };
    const square = squareAt(view, point, settings.part ?? 0.4);
    showRing(stage, point, square.shown);
    const jpeg = await cut(video, square, settings.size ?? 448);
    if (signal.aborted) return;
    const id = send({ captured }, jpeg);
    if (id === null) dismiss = notify(words.away);
    else emit("sentence", { id, text: words.ask, language });
  };

  stage.addEventListener("click", ({ clientX, clientY }) => ask({ x: clientX, y: clientY }), { signal });
  button = makeButton(words.ask);
  button.addEventListener("click", () => ask(null), { signal });
  slot("controls").append(button);
}

/** Feel no more, and leave the page as it was; the listeners have gone with `signal`. */
export function stop() {
  button?.remove();
  button = null;
}

/**
 * Draw a square of what the camera sees now, at the camera's own resolution where that is not too large.
 * @param {HTMLVideoElement} video
 * @param {{left: number, top: number, side: number}} square
 * @param {number} size of the picture at most, in pixels
 */
function cut(video, { left, top, side }, size) {
  const length = Math.min(side, size);
  const canvas = new OffscreenCanvas(length, length);
  const picture = canvas.getContext("2d", { alpha: false });
  if (picture === null) throw new Error("the browser has no canvas to draw on");
  picture.drawImage(video, left, top, side, side, 0, 0, length, length);
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}

/** @param {string} label */
function makeButton(label) {
  const made = Object.assign(document.createElement("button"), { type: "button", ariaLabel: label, title: label });
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", TARGET);
  svg.append(path);
  made.append(svg);
  return made;
}
