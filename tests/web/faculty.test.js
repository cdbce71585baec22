import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Faculty } from "../../web/faculty.js";
import { makeHouse } from "./support/house.js";

/** @type {string[]} */
let reports;

beforeEach(() => {
  reports = [];
  mock.method(console, "error", () => {});
});
afterEach(() => mock.restoreAll());

/** @param {Partial<import("../../web/faculty.js").Module>} module */
async function make(module) {
  const { house, sent, notices } = makeHouse();
  const faculty = new Faculty({
    name: "touch",
    url: "/modules/touch/client.js",
    settings: { strength: 3 },
    position: 0,
    carries: ["vibrate"],
    house,
    onreport: (_, state, reason = "") => reports.push(reason ? `${state}: ${reason}` : state),
    load: async () => module,
  });
  await faculty.load();
  return { faculty, house, sent, notices };
}

const still = { start() {}, stop() {} };
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("it opens and closes, and reports each", async () => {
  const { faculty } = await make(still);
  assert.equal(faculty.state, "closed");
  await faculty.open();
  await faculty.close();
  assert.deepEqual(reports, ["opening", "open", "closed"]);
});

test("what is open is not opened twice, nor what is closed closed", async () => {
  let starts = 0;
  const { faculty } = await make({ ...still, start: () => void (starts += 1) });
  await faculty.close();
  await Promise.all([faculty.open(), faculty.open()]);
  assert.equal(starts, 1);
  assert.deepEqual(reports, ["opening", "open"]);
});

test("a start that never settles can be closed, and opened again", async () => {
  /** @type {AbortSignal[]} */
  const signals = [];
  const { faculty } = await make({ ...still, start: ({ signal }) => new Promise(() => signals.push(signal)) });
  void faculty.open();
  await turn();
  await faculty.close();
  assert.ok(signals[0]?.aborted);
  void faculty.open();
  await turn();
  assert.deepEqual(reports, ["opening", "closed", "opening"]);
  assert.equal(signals.length, 2);
});

test("a module that does not load has failed, and says why", async () => {
  const { house } = makeHouse();
  const faculty = new Faculty({
    name: "touch", url: "/x.js", settings: {}, position: 0, carries: [], house,
    onreport: (_, state, reason) => reports.push(`${state}: ${reason}`),
    load: () => Promise.reject(new Error("404")),
  });
  assert.equal(await faculty.load(), false);
  await turn();
  await faculty.open();
  assert.deepEqual(reports, ["failed: 404"]);
});

test("a module without start is none", async () => {
  const { faculty } = await make({ stop() {} });
  await turn();
  assert.equal(faculty.state, "failed");
  assert.deepEqual(reports, ["failed: /modules/touch/client.js exports no start()"]);
});

test("a start that throws has failed; it can be tried again", async () => {
  let broken = true;
  let stops = 0;
  const start = () => {
    if (broken) throw new Error("no camera");
  };
  const { faculty } = await make({ start, stop: () => void (stops += 1) });
  await faculty.open();
  await turn();
  assert.equal(stops, 1);
  broken = false;
  await faculty.open();
  assert.deepEqual(reports, ["opening", "failed: no camera", "opening", "open"]);
});

test("a carry that throws has failed, and is stopped", async () => {
  let stops = 0;
  const carry = () => Promise.reject(new Error("worn out"));
  const { faculty } = await make({ ...still, stop: () => void (stops += 1), carry });
  await faculty.open();
  await faculty.carry({ type: "vibrate" });
  await turn();
  assert.equal(stops, 1);
  assert.equal(reports.at(-1), "failed: worn out");
});

test("what is closed carries nothing out, but may look", async () => {
  /** @type {string[]} */
  const done = [];
  const { faculty } = await make({ ...still, carry: ({ type }) => void done.push(type), look: ({ name }) => void done.push(`look ${name}`) });
  await faculty.carry({ type: "vibrate" });
  await faculty.look();
  await faculty.open();
  await faculty.carry({ type: "vibrate" });
  assert.deepEqual(done, ["look touch", "vibrate"]);
});

test("what comes while it opens is carried out once it is open, in order, the latest sixteen; not if it is closed", async () => {
  /** @type {number[]} */
  const carried = [];
  /** @type {() => void} */
  let ready = () => {};
  const start = () => new Promise((resolve) => (ready = () => resolve(undefined)));
  const { faculty } = await make({ ...still, start, carry: (action) => void carried.push(Number(action.answers)) });
  void faculty.open();
  await turn();
  for (let number = 1; number <= 20; number += 1) void faculty.carry({ type: "vibrate", answers: `${number}` });
  assert.deepEqual(carried, []);
  ready();
  await turn();
  assert.deepEqual(carried, [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  await faculty.close();
  void faculty.open();
  await turn();
  void faculty.carry({ type: "vibrate", answers: "21" });
  await faculty.close();
  void faculty.open();
  await turn();
  ready();
  await turn();
  assert.equal(carried.at(-1), 20);
});

test("a module reports what it does, and a failure stops it", async () => {
  /** @type {any} */
  let context;
  const { faculty } = await make({ ...still, start: (given) => void (context = given) });
  await faculty.open();
  context.report("speaking");
  assert.equal(faculty.activity, "speaking");
  context.report("failed", "unplugged");
  context.report("idle");
  await turn();
  assert.equal(faculty.state, "failed");
  assert.equal(faculty.activity, "");
  assert.deepEqual(reports, ["opening", "open", "speaking", "failed: unplugged"]);
});

test("its context sends stimuli of its own sense, each with an id and a time", async () => {
  /** @type {any} */
  let context;
  const { faculty, sent } = await make({ ...still, start: (given) => void (context = given) });
  await faculty.open();
  const ids = [context.send({ x: 0.5 }), context.send({ sense: "touch", captured: 7 }, new Blob(["?"]))];
  assert.equal(new Set(ids).size, 2);
  assert.deepEqual([sent[0].type, sent[0].sense, sent[0].id, sent[0].x], ["stimulus", "touch", ids[0], 0.5]);
  assert.equal(typeof sent[0].captured, "number");
  assert.deepEqual([sent[1].captured, sent[1].payload.size], [7, 1]);
  assert.deepEqual(context.settings, { strength: 3 });
});

test("what a context listens to, it hears until it is closed", async () => {
  let heard = 0;
  const { faculty, house } = await make({ ...still, start: ({ on }) => on("tap", () => void (heard += 1)) });
  await faculty.open();
  house.bus.emit("tap", null);
  await faculty.close();
  house.bus.emit("tap", null);
  assert.equal(heard, 1);
});

test("what is asked of it while its module loads is done once it has loaded", async () => {
  const { house } = makeHouse();
  /** @type {string[]} */
  const done = [];
  /** @type {(module: object) => void} */
  let arrive = () => {};
  const faculty = new Faculty({
    name: "touch", url: "/x.js", settings: {}, position: 0, carries: [], house,
    onreport: (_, state) => done.push(state),
    load: () => new Promise((resolve) => (arrive = resolve)),
  });
  const loading = faculty.load();
  const looking = faculty.look();
  const opening = faculty.open();
  assert.equal(done.length, 0);
  arrive({ ...still, look: () => void done.push("looks") });
  await Promise.all([loading, looking, opening]);
  assert.deepEqual(done.sort(), ["looks", "open", "opening"]);
});

test("an error that nobody caught fails it, and stops it; it can be tried again", async () => {
  let stops = 0;
  const { faculty } = await make({ ...still, stop: () => void (stops += 1) });
  await faculty.open();
  faculty.fail(new TypeError("x is undefined"));
  faculty.fail(new TypeError("x is still undefined"));
  await turn();
  await faculty.open();
  assert.equal(stops, 1);
  assert.deepEqual(reports, ["opening", "open", "failed: x is undefined", "opening", "open"]);
});

test("what was given up because it was closed is no failure", async () => {
  const { faculty } = await make(still);
  await faculty.open();
  await faculty.close();
  faculty.fail(new DOMException("it was closed", "AbortError"));
  await turn();
  assert.equal(faculty.state, "closed");
});

test("a listener of the page's events that throws fails its own sense, and no other's", async () => {
  let heard = 0;
  const { faculty, house } = await make({ ...still, start: ({ on }) => on("tap", () => { throw new Error("clumsy"); }) });
  house.bus.on("tap", () => void (heard += 1));
  await faculty.open();
  house.bus.emit("tap", null);
  await turn();
  assert.equal(heard, 1);
  assert.equal(reports.at(-1), "failed: clumsy");
});

test("an error without words is told by its name", async () => {
  const { faculty } = await make({ ...still, start: () => { throw new RangeError(); } });
  await faculty.open();
  await turn();
  assert.equal(reports.at(-1), "failed: RangeError");
});

// Eyes shut

/** @param {Partial<import("../../web/faculty.js").Module>} module */
async function makeEye(module = {}) {
  const made = await make({ ...still, mood: "watching", title: { en: "Eye" }, ...module });
  return { ...made, eyes: made.house.eyes };
}

test("what watches closes when the eyes are shut, and comes back when they open", async () => {
  const { faculty, eyes } = await makeEye();
  await faculty.open();
  eyes.shut = true;
  await faculty.blink();
  assert.equal(faculty.state, "closed");
  assert.ok(faculty.wanted);
  eyes.shut = false;
  await faculty.blink();
  assert.deepEqual(reports, ["opening", "open", "closed", "opening", "open"]);
});

test("what does not watch goes on, and what was closed stays so", async () => {
  const { faculty: ear, house } = await make({ ...still, mood: "listening" });
  await ear.open();
  house.eyes.shut = true;
  await ear.blink();
  assert.equal(ear.state, "open");
  const { faculty, eyes } = await makeEye();
  for (eyes.shut of [true, false]) await faculty.blink();
  assert.equal(faculty.state, "closed");
});

test("eyes that are shut and opened at once end open, started one at a time", async () => {
  let open = 0;
  const { faculty, eyes } = await makeEye({ start: () => assert.equal((open += 1), 1), stop: () => void (open -= 1) });
  void faculty.open();
  for (eyes.shut of [true, false, true, false]) void faculty.blink();
  await faculty.blink();
  await turn();
  assert.equal(faculty.state, "open");
});

test("what is opened while the eyes are shut does not start before they open", async () => {
  let starts = 0;
  const { faculty, eyes } = await makeEye({ start: () => void (starts += 1) });
  eyes.shut = true;
  await faculty.open();
  assert.deepEqual([starts, reports.at(-1)], [0, "closed"]);
  eyes.shut = false;
  await faculty.blink();
  assert.equal(starts, 1);
});

test("no look is taken while the eyes are shut: it is refused at once, with the reason", async () => {
  let looks = 0;
  const { faculty, eyes, notices } = await makeEye({ look: () => void (looks += 1) });
  eyes.shut = true;
  await faculty.look();
  assert.equal(looks, 0);
  assert.deepEqual(reports, ["failed: eyes shut"]);
  assert.deepEqual(notices, ["eyes shut"]);
  assert.equal(faculty.state, "closed");
});

test("a look that is being taken ends when the eyes are shut, and nobody waits for it", async () => {
  /** @type {(signal: AbortSignal) => Promise<void>} */
  const forever = (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const { faculty, eyes } = await makeEye({ look: ({ signal }) => forever(signal) });
  const looking = faculty.look();
  await turn();
  eyes.shut = true;
  await faculty.blink();
  await looking;
  assert.deepEqual(reports, ["failed: eyes shut"]);
  assert.equal(faculty.state, "closed");
});
