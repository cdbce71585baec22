// The display: what is seen in large letters over the preview, the likeliest three as bars, any text, and boxes where
// things are. Pictures that were taken stand in the conversation.

import { make, setText } from "../dom.js";
import { Boxes } from "./boxes.js";
import { Caption } from "./caption.js";
import { makePhoto, releasePhoto } from "./photo.js";

/** @import {Context} from "../context.js" */
/** @import {Label, Picture, Show} from "../wire.js" */

const BARS = 3;
const PATIENCE = 10_000; // ms after which it is clear that nobody shows anything
const REMEMBERED = 64; // frames of ours whose labels may still come

const TEXTS = {
  en: { name: "What I see", closed: "My eye is closed", looking: "Looking…", unsure: "I'm not sure", likely: "The likeliest", photo: "The picture", save: "Save" },
  fr: { name: "Ce que je vois", closed: "J'ai l'œil fermé", looking: "Je regarde…", unsure: "Je ne suis pas sûr", likely: "Le plus probable", photo: "La photo", save: "Enregistrer" },
};

let words = TEXTS.en;
/** @type {HTMLElement | null} */
let panel = null;
/** @type {Boxes | null} */
let boxes = null;
/** @type {HTMLElement | null} */
let log = null;
/** @type {Set<HTMLElement>} */
const photos = new Set(); // in the conversation
const label = make("p", { className: "label", role: "status" });
const bars = make("ol", { className: "bars" });
const read = make("p", { className: "caption", ariaLive: "polite", dir: "auto" });
const caption = new Caption((text) => setText(read, text));
/** @type {ReturnType<typeof setTimeout> | undefined} */
let looking;
/** @type {string[]} */
let frames = [];
/** @type {Set<string>} */
let stale = new Set();

/** @param {Context} context */
export function start(context) {
  words = context.translate(TEXTS);
  label.ariaLabel = words.name;
  bars.ariaLabel = words.likely;
  bars.replaceChildren(...Array.from({ length: BARS }, bar));
  panel = make("div", { className: "seen" }, read, label, bars);
  boxes = new Boxes(context);
  context.slot("stage").append(panel);
  keepPhotos(context);
  clear(words.closed);
  context.on("frame", ({ id }) => (frames = [...frames.slice(1 - REMEMBERED), id]));
  context.on("view", ({ open, glimpse }) => {
    if (!glimpse || !open) turn(open); // a glimpse leaves what was seen before until its own label comes
  });
}

export function stop() {
  clearTimeout(looking);
  panel?.remove();
  caption.clear();
  panel = null;
  boxes = null;
  log = null;
  for (const photo of photos) photo.remove();
  releaseGone();
}

/** @param {Show | Picture} action */
export async function carry(action) {
  if (action.type === "picture") await addPhoto(/** @type {Picture} */ (action));
  else showSeen(/** @type {Show} */ (action));
}

// Pictures that were taken

/** @param {Context} context */
function keepPhotos({ slot, signal }) {
  log = slot("conversation");
  const observer = new MutationObserver(releaseGone);
  observer.observe(log, { childList: true });
  signal.addEventListener("abort", () => observer.disconnect());
}

/** @param {Picture} picture */
async function addPhoto({ payload, caption = "" }) {
  const photo = await makePhoto(payload, caption, new Date(), words);
  photos.add(photo);
  log?.append(photo);
  releaseGone(); // the actuator may have been closed meanwhile
}

function releaseGone() {
  for (const photo of [...photos].filter(({ isConnected }) => !isConnected)) {
    photos.delete(photo);
    releasePhoto(photo);
  }
}

// What is seen

/** @param {Show} action */
function showSeen(action) {
  const { labels = [], text = "", sure = true, boxes: found = [], answers } = action;
  if (answers !== undefined && stale.has(answers)) return;
  boxes?.show(action);
  caption.see(action);
  if (labels.length > 0 || (text === "" && found.length === 0)) show(labels, sure);
}

/**
 * The eye opens or closes: what was seen is no longer seen.
 * @param {boolean} open
 */
function turn(open) {
  if (!open) stale = new Set(frames);
  clear(open ? words.looking : words.closed);
  if (open) looking = setTimeout(() => setText(label, ""), PATIENCE);
}

/** @param {string} text */
function clear(text) {
  show([], true);
  caption.clear();
  setText(label, text);
  label.dataset.seen = "false";
}

/**
 * @param {Label[]} labels
 * @param {boolean} sure
 */
function show(labels, sure) {
  const [first] = labels;
  clearTimeout(looking);
  setText(label, first !== undefined && sure ? first.name : words.unsure);
  label.dataset.seen = String(sure);
  bars.dataset.empty = String(first === undefined);
  [...bars.children].forEach((row, index) => fillBar(row, labels[index]));
}

/**
 * @param {Element} row
 * @param {Label | undefined} guess
 */
function fillBar(row, guess) {
  const [name, , share] = row.children;
  if (!(row instanceof HTMLElement) || name === undefined || share === undefined) return;
  row.style.setProperty("--share", String(guess?.score ?? 0));
  row.style.visibility = guess === undefined || guess.score < 0.005 ? "hidden" : ""; // nothing that reads 0 %
  setText(name, guess?.name ?? "");
  setText(share, guess === undefined ? "" : `${Math.round(guess.score * 100)} %`);
}

function bar() {
  const [name, track, share] = ["name", "track", "share"].map((className) => make("span", { className }));
  return make("li", {}, name ?? "", track ?? "", share ?? "");
}
