import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Caption, SHOWN } from "../../web/actuators/caption.js";

let shown = "";
const caption = new Caption((text) => (shown = text));

beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"] }));

afterEach(() => {
  caption.clear();
  mock.timers.reset();
});

test("a text stays while nothing else is seen, however long", () => {
  caption.see({ cortex: "a", answers: "f1", text: "EXIT" });
  mock.timers.tick(10 * SHOWN);
  assert.equal(shown, "EXIT");
});

test("it goes once its cortex sees none on a newer frame, but not before it could be read", () => {
  caption.see({ cortex: "a", answers: "f1", text: "EXIT" });
  mock.timers.tick(SHOWN - 1);
  caption.see({ cortex: "a", answers: "f2" });
  assert.equal(shown, "EXIT");
  mock.timers.tick(1);
  assert.equal(shown, "");

  caption.see({ cortex: "a", answers: "f3", text: "EXIT" });
  mock.timers.tick(3 * SHOWN);
  caption.see({ cortex: "a", answers: "f4" });
  mock.timers.tick(0);
  assert.equal(shown, "");
});

test("labels of the same frame, and other cortexes, leave it", () => {
  caption.see({ cortex: "a", answers: "f1", text: "EXIT" });
  caption.see({ cortex: "a", answers: "f1" });
  caption.see({ cortex: "b", answers: "f2" });
  mock.timers.tick(2 * SHOWN);
  assert.equal(shown, "EXIT");
});

test("a text that comes in time is not taken away with the one before", () => {
  caption.see({ cortex: "a", answers: "f1", text: "EXIT" });
  caption.see({ cortex: "a", answers: "f2" });
  mock.timers.tick(SHOWN - 1);
  caption.see({ cortex: "a", answers: "f3", text: "PULL" });
  mock.timers.tick(2 * SHOWN);
  assert.equal(shown, "PULL");
});
