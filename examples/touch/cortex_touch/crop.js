// Which square of a picture lies under a tap. Pure: it knows no element.

/**
 * The preview as it is shown: it fills its box, is cut where it is too long, and may be a mirror.
 * @typedef {object} View
 * @property {{left: number, top: number, width: number, height: number}} box on the page, in CSS pixels
 * @property {number} width of the picture itself, in its own pixels
 * @property {number} height
 * @property {boolean} mirrored
 */

/** @typedef {{x: number, y: number}} Point in CSS pixels of the page */

/**
 * Return the square to cut out, in pixels of the picture, and how long its side is on the page.
 *
 * The square is moved where it would reach over the picture's edge.
 * @param {View} view
 * @param {Point} tap
 * @param {number} part the square's side, as a part of the shorter side of what is to be seen
 * @returns {{left: number, top: number, side: number, shown: number}}
 */
export function squareAt({ box, width, height, mirrored }, tap, part) {
  const scale = Math.max(box.width / width, box.height / height); // CSS pixels a picture's pixel
  const shown = part * Math.min(box.width, box.height);
  const side = Math.max(1, Math.min(Math.round(shown / scale), width, height));
  const across = (tap.x - box.left - box.width / 2) / scale; // from the middle, where both have theirs
  const down = (tap.y - box.top - box.height / 2) / scale;
  const x = width / 2 + (mirrored ? -across : across);
  const y = height / 2 + down;
  return { left: within(x - side / 2, width - side), top: within(y - side / 2, height - side), side, shown };
}

/**
 * @param {number} value
 * @param {number} most
 */
function within(value, most) {
  return Math.round(Math.min(Math.max(value, 0), most));
}
