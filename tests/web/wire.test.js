import assert from "node:assert/strict";
import { test } from "node:test";

import { decode, encode, WireError } from "../../web/wire.js";

test("a message without a payload is one JSON object", () => {
  assert.deepEqual(JSON.parse(String(encode({ type: "report", name: "voice", state: "idle" }))), {
    type: "report",
    name: "voice",
    state: "idle",
  });
});

test("a message with a payload is a line of JSON, a newline, and the bytes as they are", async () => {
  const payload = new Uint8Array([0, 10, 13, 255, 10]);
  const message = encode({ type: "stimulus", sense: "vision", note: "two\nlines" }, payload);
  assert.ok(message instanceof Blob);
  const bytes = new Uint8Array(await message.arrayBuffer());
  const newline = bytes.indexOf(10);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, newline)));
  assert.deepEqual(header, { type: "stimulus", sense: "vision", note: "two\nlines" });
  assert.deepEqual(bytes.subarray(newline + 1), payload);
});

test("what the server says is decoded", () => {
  assert.deepEqual(decode('{"type": "credit", "sense": "vision", "count": 1}'), { type: "credit", sense: "vision", count: 1 });
});

for (const data of [new ArrayBuffer(3), "no json", "null", "[]", '"hello"', "{}", '{"type": 3}']) {
  test(`${JSON.stringify(data)} of the server is refused`, () => {
    assert.throws(() => decode(data), WireError);
  });
}
