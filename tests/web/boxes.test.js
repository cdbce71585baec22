import assert from "node:assert/strict";
import { test } from "node:test";

import { lay, spread } from "../../web/actuators/geometry.js";
import { LASTS, Sightings } from "../../web/actuators/sightings.js";

const WIDE = { width: 640, height: 480 };
const BOX = { left: 0.25, top: 0.5, width: 0.25, height: 0.25, name: "cup" };
const names = (/** @type {Sightings} */ sightings, now = 0) => sightings.at(now).map(({ name }) => name);

test("a picture that covers its view is cut at the sides or above and below", () => {
  assert.deepEqual(spread({ width: 300, height: 480 }, WIDE, "cover"), { left: -170, top: 0, width: 640, height: 480 });
  assert.deepEqual(spread({ width: 1280, height: 480 }, WIDE, "cover"), { left: 0, top: -240, width: 1280, height: 960 });
});

test("one that is contained has margins, and one that is stretched has none", () => {
  assert.deepEqual(spread({ width: 320, height: 480 }, WIDE, "contain"), { left: 0, top: 120, width: 320, height: 240 });
  assert.deepEqual(spread({ width: 320, height: 480 }, WIDE, "fill"), { left: 0, top: 0, width: 320, height: 480 });
});

test("without a picture or without room nothing lies anywhere", () => {
  assert.equal(spread(WIDE, { width: 0, height: 0 }, "cover"), null);
  assert.equal(spread({ width: 0, height: 0 }, WIDE, "cover"), null);
});

test("a box lies at its share of the picture, on the other side in a mirror", () => {
  const picture = { left: -100, top: 10, width: 400, height: 200 };
  assert.deepEqual(lay(BOX, picture, false), { left: 0, top: 110, width: 100, height: 50 });
  assert.deepEqual(lay(BOX, picture, true), { left: 100, top: 110, width: 100, height: 50 });
});

test("of a box beyond the picture only what is on it is drawn, and of one that is none nothing", () => {
  const picture = { left: 0, top: 0, width: 100, height: 100 };
  assert.deepEqual(lay({ left: -3, top: 0.5, width: 9, height: 7 }, picture, false), { left: 0, top: 50, width: 100, height: 50 });
  const nonsense = [{ left: NaN }, { top: 2 }, { width: 0 }, { height: -1 }, { left: null }, { width: "1" }, { left: -Infinity, width: Infinity }];
  for (const fields of nonsense) assert.equal(lay(/** @type {any} */ ({ ...BOX, ...fields }), picture, false), null);
});

test("boxes hold until the same cortex sees none on a newer frame", () => {
  const sightings = new Sightings();
  for (const id of ["f1", "f2"]) sightings.sent(id);
  sightings.see({ answers: "f1", cortex: "a", boxes: [BOX] }, 0);
  sightings.see({ answers: "f1", cortex: "b", boxes: [{ ...BOX, name: "mug" }] }, 0);
  assert.equal(sightings.see({ answers: "f1", cortex: "a" }, 0), false); // a text of the same frame
  assert.deepEqual(names(sightings), ["cup", "mug"]);
  sightings.see({ answers: "f2", cortex: "a" }, 0);
  assert.deepEqual(names(sightings), ["mug"]);
});

test("boxes are believed for two seconds", () => {
  const sightings = new Sightings();
  sightings.see({ cortex: "a", boxes: [BOX] }, 1000);
  assert.deepEqual(names(sightings, 1000 + LASTS - 1), ["cup"]);
  assert.deepEqual(names(sightings, 1000 + LASTS), []);
});

test("boxes that hold are believed until the same cortex shows something else", () => {
  const sightings = new Sightings();
  sightings.see({ cortex: "a", answers: "", boxes: [BOX], holds: true }, 0);
  assert.deepEqual(names(sightings, 1e9), ["cup"]);
  assert.equal(sightings.until, Infinity);
  sightings.see({ cortex: "b", boxes: [{ ...BOX, name: "mug" }] }, 1e9);
  assert.equal(sightings.until, 1e9 + LASTS);
  assert.deepEqual(names(sightings, 2e9), ["cup"]);
  sightings.sent("f1");
  sightings.see({ cortex: "a", answers: "f1", holds: true }, 2e9);
  assert.deepEqual(names(sightings, 2e9), []);
});

test("what another client saw, or this one before its eye was shut, is not on this preview", () => {
  const sightings = new Sightings();
  assert.equal(sightings.see({ answers: "theirs", cortex: "a", boxes: [BOX] }, 0), false);
  sightings.sent("f1");
  sightings.clear();
  assert.equal(sightings.see({ answers: "f1", cortex: "a", boxes: [BOX] }, 0), false);
  assert.deepEqual(names(sightings), []);
});

test("never too many at once", () => {
  const sightings = new Sightings();
  for (const cortex of ["a", "b"]) sightings.see({ cortex, boxes: Array(1000).fill(BOX) }, 0);
  assert.equal(sightings.at(0).length, 30);
});
