// Vibrate, in the browser: has the device vibrate, where it can.

export const title = { en: "Buzz", fr: "Vibreur" };
export const icon = "M8 4h8v16H8zM4.5 8v8M19.5 8v8M2 10v4M22 10v4";

const TEXTS = {
  en: {
    none: "This device cannot vibrate. A phone with Chrome can.",
    gesture: "The browser wants a tap on the page before I may vibrate.",
  },
  fr: {
    none: "Cet appareil ne sait pas vibrer. Un téléphone avec Chrome le sait.",
    gesture: "Le navigateur veut un toucher sur la page avant que je puisse vibrer.",
  },
};

/** @type {() => void} */
let explain = () => {};

/**
 * Be ready to vibrate.
 * @param {object} context everything in it stands in docs/browser.md; this is what is used here
 * @param {(text: string) => () => void} context.notify
 * @param {<Words>(texts: Record<string, Words>) => Words} context.translate
 */
export function start({ notify, translate }) {
  const words = translate(TEXTS);
  if (typeof navigator.vibrate !== "function") throw new Error(words.none);
  explain = () => void notify(words.gesture);
}

/** Fall still. */
export function stop() {
  if (typeof navigator.vibrate === "function") navigator.vibrate(0);
}

/**
 * Vibrate.
 * @param {{pattern?: number[]}} action
 */
export function carry({ pattern = [200] }) {
  if (!navigator.vibrate(pattern)) explain();
}
