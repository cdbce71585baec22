import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Backoff } from "../../web/backoff.js";
import { Socket } from "../../web/socket.js";
import { FakeSocket } from "./support/fake-socket.js";

/** @type {string[]} */
let states;
/** @type {string[]} */
let received;
/** @type {Socket} */
let socket;
let blind = false;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  FakeSocket.made = [];
  globalThis.WebSocket = /** @type {any} */ (FakeSocket);
  states = [];
  received = [];
  blind = false;
  socket = new Socket({
    url: "ws://bot/ws",
    hello: () => ({ type: "hello", language: "fr" }),
    onmessage: ({ type }) => received.push(type),
    onstate: (state) => states.push(state.name === "waiting" ? `waiting ${state.pause}` : state.name),
    blind: () => blind,
    backoff: new Backoff(() => 0),
  });
  socket.connect();
});
afterEach(() => mock.timers.reset());

test("it offers the protocol, says hello first, and is connected once the server has said hello too", () => {
  assert.equal(FakeSocket.last.protocol, "cortex.v1");
  FakeSocket.last.onopen?.();
  assert.deepEqual(FakeSocket.last.sent, ['{"type":"hello","language":"fr"}']);
  assert.equal(socket.connected, false);
  FakeSocket.last.receive({ type: "hello" });
  assert.equal(socket.connected, true);
  assert.deepEqual(states, ["connecting", "connected"]);
  assert.deepEqual(received, ["hello"]);
});

test("it sends only while it is connected, and says whether it did", () => {
  assert.equal(socket.send({ type: "stimulus" }), false);
  FakeSocket.last.welcome();
  assert.equal(socket.send({ type: "stimulus" }), true);
  FakeSocket.last.onclose?.();
  assert.equal(socket.send({ type: "stimulus" }), false);
  assert.equal(FakeSocket.last.sent.length, 2);
});

test("a connection that is lost comes back after pauses that grow until one succeeds", () => {
  FakeSocket.last.welcome();
  FakeSocket.last.onclose?.();
  mock.timers.tick(1000);
  FakeSocket.last.onclose?.();
  mock.timers.tick(1999);
  assert.equal(FakeSocket.made.length, 2);
  mock.timers.tick(1);
  FakeSocket.last.welcome();
  FakeSocket.last.onclose?.();
  assert.deepEqual(states.filter((state) => state.startsWith("waiting")), ["waiting 1000", "waiting 2000", "waiting 1000"]);
});

test("a server that never says hello is given up, and tried again", () => {
  FakeSocket.last.onopen?.();
  mock.timers.tick(10_000);
  assert.ok(FakeSocket.last.closed);
  mock.timers.tick(1000);
  assert.equal(FakeSocket.made.length, 2);
});

test("hurry ends the pause, and leaves a connection alone", () => {
  FakeSocket.last.welcome();
  socket.hurry();
  assert.equal(FakeSocket.made.length, 1);
  FakeSocket.last.onclose?.();
  socket.hurry();
  assert.equal(FakeSocket.made.length, 2);
  mock.timers.tick(5000);
  assert.equal(FakeSocket.made.length, 2);
});

test("what an earlier connection still brings is not heard", () => {
  const { last: old } = FakeSocket;
  old.welcome();
  socket.connect();
  old.receive({ type: "credit" });
  assert.deepEqual(received, ["hello"]);
  assert.ok(old.closed);
});

test("a message that is none is reported, and the next one is heard", (t) => {
  const report = t.mock.method(console, "error", () => {});
  FakeSocket.last.welcome();
  FakeSocket.last.receive("garbage");
  FakeSocket.last.receive({ type: "credit" });
  assert.equal(report.mock.callCount(), 1);
  assert.deepEqual(received, ["hello", "credit"]);
});

test("once closed it does not come back", () => {
  FakeSocket.last.welcome();
  socket.close();
  mock.timers.tick(60_000);
  assert.equal(FakeSocket.made.length, 1);
  assert.equal(socket.connected, false);
});

test("a server that greets again on a living socket is heard, and is no new connection", () => {
  FakeSocket.last.welcome();
  FakeSocket.last.receive({ type: "hello" });
  assert.deepEqual(states, ["connecting", "connected"]);
  assert.deepEqual(received, ["hello", "hello"]);
});

test("while nothing may be seen no payload goes out, and words do", () => {
  FakeSocket.last.welcome();
  blind = true;
  assert.equal(socket.send({ type: "stimulus" }, new Blob(["jpeg"])), false);
  assert.equal(socket.send({ type: "stimulus" }, new Uint8Array(3)), false);
  assert.equal(socket.send({ type: "stimulus" }), true);
  assert.equal(FakeSocket.last.sent.length, 2);
  assert.ok(FakeSocket.last.sent.every((sent) => typeof sent === "string"));
  blind = false;
  assert.equal(socket.send({ type: "stimulus" }, new Blob(["jpeg"])), true);
});
