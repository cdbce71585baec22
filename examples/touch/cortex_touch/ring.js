// The ring that shows where the preview was tapped, for a moment.

const SHOWN = 900; // ms

/**
 * Show a ring.
 * @param {HTMLElement} stage that it lies over
 * @param {{x: number, y: number}} middle in CSS pixels of the page
 * @param {number} diameter in CSS pixels
 */
export function showRing(stage, { x, y }, diameter) {
  const { left, top } = stage.getBoundingClientRect();
  const ring = Object.assign(document.createElement("div"), { ariaHidden: "true" });
  ring.dataset.ring = "";
  Object.assign(ring.style, {
    position: "absolute",
    left: `${x - left - diameter / 2}px`,
    top: `${y - top - diameter / 2}px`,
    width: `${diameter}px`,
    height: `${diameter}px`,
    border: "3px solid #ffc078",
    borderRadius: "50%",
    boxShadow: "0 0 0 2px rgb(0 0 0 / 0.45), inset 0 0 0 2px rgb(0 0 0 / 0.45)",
    pointerEvents: "none",
  });
  stage.append(ring);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const way = still ? { opacity: [1, 1, 0] } : { opacity: [0, 1, 1, 0], transform: ["scale(1.25)", "none", "none", "none"] };
  ring.animate(way, SHOWN).onfinish = () => ring.remove();
}
