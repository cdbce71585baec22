// Where a share of a frame lies on the page: the preview may be cut at its edges, and be a mirror. Pure.

/** @import {Box} from "../wire.js" */

/** @typedef {{left: number, top: number, width: number, height: number}} Rectangle in pixels */
/** @typedef {{width: number, height: number}} Size */

/**
 * Return where a whole picture lies in its view, parts of it beyond the view's edges perhaps.
 * @param {Size} view
 * @param {Size} picture
 * @param {string} fit `cover`, `contain`, or anything else: stretched
 * @returns {Rectangle | null} null where there is no picture, or no room
 */
export function spread(view, picture, fit) {
  const across = view.width / picture.width;
  const down = view.height / picture.height;
  if (!(across > 0 && down > 0 && Number.isFinite(across) && Number.isFinite(down))) return null;
  const scale = fit === "cover" ? Math.max(across, down) : fit === "contain" ? Math.min(across, down) : null;
  const width = picture.width * (scale ?? across);
  const height = picture.height * (scale ?? down);
  return { left: (view.width - width) / 2, top: (view.height - height) / 2, width, height };
}

/**
 * Return where a box lies, as far as it is on the picture.
 * @param {Box} box
 * @param {Rectangle} picture
 * @param {boolean} mirrored
 * @returns {Rectangle | null} null where nothing of it is on the picture
 */
export function lay(box, picture, mirrored) {
  const [left, right] = span(box.left, box.width);
  const [top, bottom] = span(box.top, box.height);
  if (!(right > left && bottom > top)) return null;
  const from = mirrored ? 1 - right : left;
  return {
    left: picture.left + from * picture.width,
    top: picture.top + top * picture.height,
    width: (right - left) * picture.width,
    height: (bottom - top) * picture.height,
  };
}

/**
 * @param {unknown} start
 * @param {unknown} length
 * @returns {[number, number]} NaN where they are no numbers
 */
function span(start, length) {
  if (typeof start !== "number" || typeof length !== "number") return [NaN, NaN];
  return [Math.min(Math.max(start, 0), 1), Math.min(Math.max(start + length, 0), 1)];
}
