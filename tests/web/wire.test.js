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

/** @param {...(string | number[])} parts */
function binary(...parts) {
  const encoder = new TextEncoder();
  return new Uint8Array(parts.flatMap((part) => (typeof part === "string" ? [...encoder.encode(part)] : part))).buffer;
}

test("a binary message of the server has its payload, as it is", () => {
  const message = decode(binary('{"type": "picture", "caption": "déjà vu"}\n', [255, 216, 10, 0, 10]));
  assert.deepEqual(message, { type: "picture", caption: "déjà vu", payload: new Uint8Array([255, 216, 10, 0, 10]) });
});

test("a payload may be empty", () => {
  assert.deepEqual(decode(binary('{"type": "glimpse"}\n')), { type: "glimpse", payload: new Uint8Array() });
});

const NO_MESSAGES = { "no header line": binary('{"type": "glimpse"}'), "no JSON": binary("glimpse\n", [1]), "no type": binary("{}\n", [1]) };
for (const [what, data] of Object.entries(NO_MESSAGES)) {
  test(`a binary message with ${what} is refused`, () => {
    assert.throws(() => decode(data), WireError);
  });
}

for (const data of [null, new Blob(["{}\n"]), "no json", "null", "[]", '"hello"', "{}", '{"type": 3}']) {
  test(`${JSON.stringify(data)} of the server is refused`, () => {
    assert.throws(() => decode(data), WireError);
  });
}
