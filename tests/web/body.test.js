import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Body } from "../../web/body.js";
import { makeHouse } from "./support/house.js";

/** @type {Record<string, any>} */
let modules;
/** @type {string[]} */
let log;
/** @type {string[]} */
let removed;

/** @param {string} name @param {object} [extra] @returns {any} */
const module = (name, extra = {}) => ({
  start: () => void log.push(`${name} starts`),
  stop: () => void log.push(`${name} stops`),
  carry: (/** @type {any} */ { type }) => void log.push(`${name} carries ${type}`),
  look: () => void log.push(`${name} looks`),
  ...extra,
});

beforeEach(() => {
  log = [];
  removed = [];
  modules = {
    "/vision.js": module("vision", { title: { en: "Eye" } }),
    "/reading.js": module("reading"),
    "/voice.js": module("voice", { title: { en: "Voice" } }),
  };
});

/** @returns {any} */
const hello = (settings = {}) => ({
  senses: { vision: { module: "/vision.js", settings }, reading: { module: "/reading.js", settings: {} }, clock: { module: null, settings: {} } },
  actuators: { voice: { module: "/voice.js", settings: {}, carries: ["say"] } },
});

function make() {
  const { house, sent, notices } = makeHouse();
  const load = async (/** @type {string} */ url) => modules[url] ?? Promise.reject(new Error(`no ${url}`));
  const body = new Body({ house, load, onchange() {}, onremove: ({ name }) => removed.push(name) });
  const told = () => sent.splice(0).map(({ name, state }) => `${name} ${state}`);
  return { body, told, house, notices };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("what has no button begins at once; the rest when it is woken", async () => {
  const { body, told } = make();
  await body.greet(hello());
  assert.deepEqual(log, ["reading starts"]);
  assert.deepEqual(told().sort(), ["reading open", "vision closed", "voice closed"]);
  assert.equal(body.awake, false);
  body.wake();
  assert.equal(body.awake, true);
  await turn();
  assert.deepEqual(log.slice(1), ["vision starts", "voice starts"]);
});

test("a second hello, while its module is still loaded, opens nothing that nobody has woken", async () => {
  const { house } = makeHouse();
  /** @type {() => void} */
  let arrive = () => {};
  const there = new Promise((resolve) => (arrive = () => resolve(undefined)));
  const load = (/** @type {string} */ url) => there.then(() => modules[url]);
  const body = new Body({ house, load, onchange() {}, onremove() {} });
  const greetings = [body.greet(hello()), body.greet(hello())];
  await turn();
  arrive();
  await Promise.all(greetings);
  await turn();
  assert.deepEqual(log, ["reading starts"]);
});

test("who is woken before the server has said hello, wakes then", async () => {
  const { body } = make();
  body.wake();
  await body.greet(hello());
  assert.deepEqual([...log].sort(), ["reading starts", "vision starts", "voice starts"]);
});

test("after a lost connection everything goes on, and the server is told how it is", async () => {
  const { body, told } = make();
  await body.greet(hello());
  body.act(/** @type {any} */ ({ type: "attend", to: "vision" }));
  await turn();
  told();
  log = [];
  await body.greet(hello());
  assert.deepEqual(log, []);
  assert.deepEqual(told().sort(), ["reading open", "vision open", "voice closed"]);
});

test("what has new settings is begun anew, and what the server has no more is stopped", async () => {
  const { body } = make();
  await body.greet(hello());
  body.wake();
  await turn();
  log = [];
  const changed = hello({ fps: 2 });
  delete changed.actuators.voice;
  await body.greet(changed);
  assert.deepEqual([...log].sort(), ["vision starts", "vision stops", "voice stops"]);
  assert.deepEqual(removed.sort(), ["vision", "voice"]);
});

test("an action goes to the actuator that carries it, if that is open", async () => {
  const { body } = make();
  await body.greet(hello());
  body.act({ type: "say" });
  body.wake();
  await turn();
  log = [];
  body.act({ type: "say" });
  body.act({ type: "show" });
  assert.deepEqual(log, ["voice carries say"]);
});

test("attend opens, closes, and takes one look", async () => {
  const { body } = make();
  await body.greet(hello());
  log = [];
  for (const state of ["look", "open", "closed"]) {
    body.act(/** @type {any} */ ({ type: "attend", to: "vision", state }));
    await turn();
  }
  body.act(/** @type {any} */ ({ type: "attend", to: "nose", state: "open" }));
  assert.deepEqual(log, ["vision looks", "vision starts", "vision stops"]);
});

test("a module that does not load keeps nothing from the others", async (t) => {
  t.mock.method(console, "error", () => {});
  delete modules["/vision.js"];
  const { body, told } = make();
  await body.greet(hello());
  await turn();
  assert.deepEqual(told().sort(), ["reading open", "vision failed", "voice closed"]);
});

// The server greets again on a living socket: a plugin was reloaded

/** @param {string} name @param {number} version */
const reloaded = (name, version) => {
  const again = hello();
  again.senses[name].module = `/${name}~${version}.js`;
  return again;
};

test("of what has changed the old module is stopped and the new one opened; the others go on", async () => {
  const { body, told } = make();
  await body.greet(hello());
  body.wake();
  await turn();
  log = [];
  told();
  modules["/reading~1.js"] = module("new reading");
  await body.greet(reloaded("reading", 1));
  assert.deepEqual(log, ["reading stops", "new reading starts"]);
  assert.deepEqual(told().sort(), ["reading closed", "reading open", "vision open", "voice open"]);
});

test("what was open is opened in its new version, and what was closed stays closed", async () => {
  modules["/vision~1.js"] = module("new vision", { title: { en: "Eye" } });
  const { body } = make();
  await body.greet(hello());
  await body.greet(reloaded("vision", 1));
  assert.deepEqual(log, ["reading starts"]);
  body.wake();
  await turn();
  log = [];
  await body.greet(hello());
  assert.deepEqual(log, ["new vision stops", "vision starts"]);
});

test("what the person has closed stays closed in its new version, though the rest is awake", async () => {
  modules["/vision~1.js"] = module("new vision", { title: { en: "Eye" } });
  const { body } = make();
  await body.greet(hello());
  body.wake();
  await turn();
  body.act(/** @type {any} */ ({ type: "attend", to: "vision", state: "closed" }));
  await turn();
  log = [];
  await body.greet(reloaded("vision", 1));
  assert.deepEqual(log, []);
});

test("what was open comes back by itself once a version that does not load is mended", async (t) => {
  t.mock.method(console, "error", () => {});
  modules["/vision~2.js"] = module("mended vision", { title: { en: "Eye" } });
  const { body, told } = make();
  await body.greet(hello());
  body.act(/** @type {any} */ ({ type: "attend", to: "vision" }));
  await turn();
  log = [];
  told();
  await body.greet(reloaded("vision", 1));
  await turn();
  assert.deepEqual(log, ["vision stops"]);
  assert.ok(told().includes("vision failed"));
  await body.greet(reloaded("vision", 2));
  assert.deepEqual(log, ["vision stops", "mended vision starts"]);
});

test("a module that could not be fetched is fetched again with the next greeting", async (t) => {
  t.mock.method(console, "error", () => {});
  const { body, told } = make();
  const vision = modules["/vision.js"];
  delete modules["/vision.js"];
  await body.greet(hello());
  body.wake();
  await turn();
  assert.ok(told().includes("vision failed"));
  modules["/vision.js"] = vision;
  await body.greet(hello());
  await turn();
  assert.deepEqual(told().filter((report) => report.startsWith("vision")), ["vision open"]);
  assert.deepEqual(log.filter((line) => line.startsWith("voice")), ["voice starts"]);
});

test("of two greetings in a row the last one holds, however long a module takes to load", async () => {
  /** @type {(module: any) => void} */
  let arrive = () => {};
  modules["/vision~1.js"] = new Promise((resolve) => (arrive = resolve));
  modules["/vision~2.js"] = module("newest vision", { title: { en: "Eye" } });
  const { body } = make();
  await body.greet(hello());
  body.act(/** @type {any} */ ({ type: "attend", to: "vision" }));
  await turn();
  log = [];
  const first = body.greet(reloaded("vision", 1));
  await turn();
  const second = body.greet(reloaded("vision", 2));
  await turn();
  arrive(module("late vision", { title: { en: "Eye" } }));
  await Promise.all([first, second]);
  assert.deepEqual(log, ["vision stops", "newest vision starts"]);
});

test("an actuator that carries other actions is begun anew", async () => {
  const { body } = make();
  await body.greet(hello());
  const changed = hello();
  changed.actuators.voice.carries = ["sing"];
  await body.greet(changed);
  body.act(/** @type {any} */ ({ type: "attend", to: "voice" }));
  await turn();
  body.act({ type: "sing" });
  assert.equal(log.at(-1), "voice carries sing");
});

// A sense and an actuator of one name

/** @param {string | null} senseModule @param {string | null} actuatorModule @returns {any} */
const twins = (senseModule, actuatorModule) => ({
  senses: { bell: { module: senseModule, settings: { size: 1, tone: "low" } } },
  actuators: { bell: { module: actuatorModule, settings: { tone: "high" }, carries: ["ring"] } },
});

for (const [senseModule, actuatorModule, opened] of [[null, "/ringer.js", "ringer"], ["/bell.js", null, "bell"], ["/bell.js", "/ringer.js", "ringer"]]) {
  test(`a sense with ${senseModule} and an actuator with ${actuatorModule} of one name are one faculty: ${opened}`, async () => {
    /** @type {any} */
    let given = null;
    for (const name of ["bell", "ringer"]) {
      modules[`/${name}.js`] = module(name, {
        start(/** @type {any} */ context) {
          given = context;
          log.push(`${name} starts`);
        },
      });
    }
    const { house, sent } = makeHouse();
    const body = new Body({ house, load: async (url) => modules[url], onchange() {}, onremove() {} });
    await body.greet(twins(senseModule ?? null, actuatorModule ?? null));
    body.act({ type: "ring" });
    await turn();
    assert.deepEqual(log, [`${opened} starts`, `${opened} carries ring`]);
    assert.deepEqual(given.settings, { size: 1, tone: "high" });
    sent.splice(0);
    given.send({ times: 2 });
    assert.deepEqual([sent[0].type, sent[0].sense, sent[0].times], ["stimulus", "bell", 2]);
  });
}

// What nobody caught

test("an uncaught error fails the sense that it comes from, and the others go on", async () => {
  const { body, told } = make();
  const modular = hello();
  modular.senses.vision.module = "/modules/vision/client.js";
  modules["/modules/vision/client.js"] = modules["/vision.js"];
  await body.greet(modular);
  body.wake();
  await turn();
  log = [];
  told();
  const stack = "Error: oh\n    at tick (http://localhost/modules/vision/eye.js:1:1)";
  body.blame({ error: Object.assign(new Error("oh"), { stack }) });
  body.blame({ error: Object.assign(new Error("oh"), { stack: "Error: oh\n    at http://localhost/main.js:1:1" }) });
  await turn();
  assert.deepEqual(log, ["vision stops"]);
  assert.deepEqual(told(), ["vision failed"]);
});

test("with the eyes shut neither the person nor the bot opens what watches; waking waits for them", async () => {
  const { body, told, house, notices } = make();
  modules["/vision.js"].mood = "watching";
  house.eyes.shut = true;
  await body.greet(hello());
  body.act(/** @type {any} */ ({ type: "attend", to: "vision" }));
  told();
  for (const state of ["open", "look"]) body.act(/** @type {any} */ ({ type: "attend", to: "vision", state }));
  await turn();
  assert.deepEqual(told(), ["vision closed", "vision failed"]);
  body.wake();
  await turn();
  assert.deepEqual(log, ["reading starts", "voice starts"]);
  assert.equal(notices.length, 4);
  house.eyes.shut = false;
  body.blink();
  await turn();
  assert.deepEqual(log.slice(2), ["vision starts"]);
});
