import assert from "node:assert/strict";
import { test } from "node:test";

import { squareAt } from "../cortex_touch/crop.js";

const box = { left: 0, top: 0, width: 640, height: 360 };
const exact = { box, width: 1280, height: 720, mirrored: false };

test("a tap in the middle cuts out the middle", () => {
  assert.deepEqual(squareAt(exact, { x: 320, y: 180 }, 0.5), { left: 460, top: 180, side: 360, shown: 180 });
});

test("a tap on the left of a mirror is on the right of the picture", () => {
  const tap = { x: 160, y: 180 };
  assert.equal(squareAt(exact, tap, 0.5).left, 140);
  assert.equal(squareAt({ ...exact, mirrored: true }, tap, 0.5).left, 780);
});

test("what the box cuts off does not shift the tap: a tall box shows the middle of a wide picture", () => {
  const tall = { ...exact, box: { left: 0, top: 0, width: 360, height: 360 } }; // 720 of 1280 pixels are to be seen
  const { left, top, side } = squareAt(tall, { x: 90, y: 180 }, 0.25);
  assert.deepEqual([left + side / 2, top + side / 2, side], [460, 360, 180]);
});

test("a wide box shows the middle of a tall picture", () => {
  const wide = { box: { left: 0, top: 0, width: 600, height: 300 }, width: 600, height: 900, mirrored: false };
  const { left, top, side } = squareAt(wide, { x: 300, y: 75 }, 0.2);
  assert.deepEqual([left + side / 2, top + side / 2, side], [300, 375, 60]);
});

test("the box may stand anywhere on the page", () => {
  const moved = { ...exact, box: { left: 100, top: 50, width: 640, height: 360 } };
  assert.deepEqual(squareAt(moved, { x: 420, y: 230 }, 0.5), squareAt(exact, { x: 320, y: 180 }, 0.5));
});

for (const [tap, left, top] of /** @type {const} */ ([
  [{ x: 0, y: 0 }, 0, 0],
  [{ x: 640, y: 360 }, 1280 - 288, 720 - 288],
  [{ x: -50, y: 500 }, 0, 720 - 288],
])) {
  test(`the square stays within the picture where ${tap.x}, ${tap.y} is tapped`, () => {
    assert.deepEqual(squareAt(exact, tap, 0.4), { left, top, side: 288, shown: 144 });
  });
}

test("a part of one is the whole shorter side", () => {
  assert.deepEqual(squareAt(exact, { x: 320, y: 180 }, 1), { left: 280, top: 0, side: 720, shown: 360 });
});

test("a square is never less than a pixel", () => {
  assert.equal(squareAt({ ...exact, width: 4, height: 4 }, { x: 1, y: 1 }, 0.001).side, 1);
});
