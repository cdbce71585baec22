// Knock knock, the half in the browser: feels a pointer that is rubbed to and fro over the scene.

export const title = { en: "Tickle", fr: "Chatouille" };
export const icon = "M5 19C7 10 11 6 19 5c-1 8-5 12-12 12M5 19l8-8";

/** @type {HTMLElement | null} */
let stage = null;

/**
 * Begin to feel.
 * @param {object} context everything in it stands in docs/browser.md; this is what is used here
 * @param {Record<string, any>} context.settings the options of the Python half
 * @param {(fields: Record<string, unknown>) => void} context.send send a stimulus to the Python half
 * @param {(name: "stage") => HTMLElement} context.slot a place of the page
 * @param {AbortSignal} context.signal aborted when the sense is to stop
 */
export function start({ settings, send, slot, signal }) {
  let x = 0;
  let direction = 0;
  /** @type {number[]} */
  let turns = []; // when the pointer turned round, in ms

  /** @param {PointerEvent} event */
  const feel = ({ clientX, timeStamp }) => {
    const heading = Math.sign(clientX - x);
    x = clientX;
    if (heading === 0 || heading === direction) return;
    direction = heading;
    turns = [...turns.filter((turn) => timeStamp - turn < 1000), timeStamp];
    if (turns.length < settings.turns) return;
    send({ seconds: (timeStamp - (turns[0] ?? timeStamp)) / 1000 });
    turns = [];
  };
  stage = slot("stage");
  stage.style.touchAction = "none"; // a finger is to rub, not to scroll
  stage.addEventListener("pointermove", feel, { signal });
}

/** Feel no more, and leave the page as it was; the listener has gone with `signal`. */
export function stop() {
  stage?.style.removeProperty("touch-action");
}
