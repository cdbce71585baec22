import assert from "node:assert/strict";
import { test } from "node:test";

import { fileName } from "../../web/actuators/photo.js";

test("a picture's file is named after the moment", () => {
  assert.equal(fileName(new Date(2026, 10, 22, 23, 59, 1)), "cortex-2026-11-22-23-59-01.jpg");
  assert.equal(fileName(new Date(2027, 0, 2, 3, 4, 5)), "cortex-2027-01-02-03-04-05.jpg");
});
