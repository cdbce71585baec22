// Knock knock, the half in the browser: throws confetti over the scene.

export const title = { en: "Confetti", fr: "Confettis" };
export const icon = "M4 20 9 8l7 7zM14 4v3M21 10h-3M19 4l-3 4";

const FALL = 3_000; // ms that a piece takes to fall

const sky = document.createElement("div");
let pieces = 0;

/**
 * Be ready to throw.
 * @param {object} context everything in it stands in docs/browser.md; this is what is used here
 * @param {Record<string, any>} context.settings the options of the Python half
 * @param {(name: "stage") => HTMLElement} context.slot a place of the page
 */
export function start({ settings, slot }) {
  pieces = settings.pieces;
  sky.ariaHidden = "true";
  Object.assign(sky.style, { position: "absolute", inset: "0", overflow: "hidden", pointerEvents: "none" });
  slot("stage").append(sky);
}

/** Throw no more, and leave the page as it was. */
export function stop() {
  sky.replaceChildren();
  sky.remove();
}

/**
 * Carry out an action: throw.
 * @param {{emoji: string}} action
 */
export function carry({ emoji }) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const way = still ? { opacity: [1, 0] } : { transform: ["translateY(-100vh)", "translateY(100vh) rotate(1turn)"] };
  for (let count = 0; count < pieces; count += 1) {
    const piece = document.createElement("span");
    piece.textContent = emoji;
    const [left, top] = [`${100 * Math.random()}%`, `${100 * Math.random()}%`];
    Object.assign(piece.style, { position: "absolute", left, top, fontSize: "2.5rem" });
    sky.append(piece);
    piece.animate(way, FALL).onfinish = () => piece.remove();
  }
}
