// Teaching by showing, in the browser: puts its button, its panel and its card on the page, and takes them away again.

import { make } from "./elements.js";
import { Teacher } from "./teacher.js";
import texts from "./texts.js";

/** @import {Context} from "../../web/context.js" */
/** @import {News} from "./teacher.js" */

/** @type {Teacher | null} */
let teacher = null;
/** @type {Element[]} */
let placed = [];

/** @param {Context} context */
export async function start(context) {
  const { slot, on, translate, signal } = context;
  const style = make("link", { rel: "stylesheet", href: new URL("teach.css", import.meta.url).href });
  placed = [style];
  await loaded(style); // before anything is shown that it gives its looks
  if (signal.aborted) return;

  const made = new Teacher(context, translate(texts));
  teacher = made;
  placed.push(made.button, ...made.parts);
  slot("controls").append(made.button);
  slot("drawer").append(...made.parts);
  on("action", (action) => made.answered(action));
  on("connection", ({ connected }) => made.connect(connected));
}

export function stop() {
  teacher?.end();
  teacher = null;
  for (const element of placed.splice(0)) element.remove();
}

/** @param {News} news */
export function carry(news) {
  teacher?.receive(news);
}

/** @param {HTMLLinkElement} style */
function loaded(style) {
  return new Promise((resolve, reject) => {
    style.onload = resolve;
    style.onerror = () => reject(new Error(`${style.href} did not load`));
    document.head.append(style);
  });
}
