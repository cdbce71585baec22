// The page: makes its parts and wires them to each other. It has no logic of its own.

import { Body } from "./body.js";
import { Bus } from "./bus.js";
import { Connection } from "./connection.js";
import { Conversation } from "./conversation.js";
import { Credits } from "./credits.js";
import { byId, setText } from "./dom.js";
import { Drawer } from "./drawer.js";
import { Eyes } from "./eyes.js";
import { Faults } from "./faults.js";
import { Keeper } from "./keeper.js";
import { fill, language, translate } from "./language.js";
import { Meters } from "./meters.js";
import { Mood } from "./mood.js";
import { Notices } from "./notices.js";
import { Numbers } from "./numbers.js";
import { Panel } from "./panel.js";
import { outward } from "./places.js";
import { Plugins } from "./plugins.js";
import { Pulse } from "./pulse.js";
import { Socket } from "./socket.js";
import { Switches } from "./switches.js";
import texts from "./texts.js";
import { Toggles } from "./toggles.js";
import { WakeLock } from "./wake-lock.js";

/** @import {House} from "./context.js" */
/** @import {Faculty} from "./faculty.js" */
/** @import {Action, Credit, Failure, Heard, Hello, Ignored, Message, Plugins as PluginsMessage, PluginStatus, Say, Switched} from "./wire.js" */

const SESSION = "cortex.session"; // where the tab keeps its session's id
const OFF = "cortex.off"; // where the browser keeps which plugins are switched off
const EYES = "cortex.eyes"; // where it keeps whether the eyes are shut
const words = translate(texts);
const tag = translate(Object.fromEntries(Object.keys(texts).map((key) => [key, key]))); // of the words

// Parts

const bus = new Bus();
const credits = new Credits();
const pulse = new Pulse();
const notices = new Notices(byId("notices"), words.close);
const faults = new Faults(notices);
const conversation = new Conversation(byId("conversation"), byId("interim"));
const connection = new Connection(byId("connection"), byId("connection-text"), byId("notices"), words);
const numbers = new Numbers(language.startsWith(tag) ? language : tag, words.units);
const plugins = new Plugins(byId("plugins"), words.pluginStates);
const panel = new Panel(byId("panel"), byId("panel-button"), words.panel, numbers, (name, on) => switches.turn(name, on));
const lists = new Intl.ListFormat(tag, { type: "conjunction" });
const wakeLock = new WakeLock();
const wakeButton = byId("wake");
const eyesButton = byId("eyes-shut");
/** @type {PluginStatus[]} */
let statuses = [];
new Drawer(byId("drawer"), byId("conversation"));
new Meters(byId("rate"), byId("lag"), pulse, words, numbers);

const mood = new Mood((name) => {
  document.body.dataset.mood = name;
  setText(byId("mood"), words.answering[name]);
  document.title = name === "asleep" ? words.asleep : words.tab;
});

const eyes = new Eyes({
  keeper: new Keeper(EYES),
  refusal: words.eyes.refusal,
  notify: (notice) => notices.add(notice),
  onchange() {
    showEyes();
    body.blink();
  },
});

const socket = new Socket({
  url: new URL("/ws", location.href.replace(/^http/, "ws")).href,
  hello: () => ({ type: "hello", language, session: sessionStorage.getItem(SESSION) ?? undefined, off: switches.wanted }),
  blind: () => eyes.shut,
  onmessage: (message) => receive(message),
  onstate: (state) => {
    connection.show(state);
    if (state.name === "waiting") {
      credits.clear();
      panel.age();
    }
    bus.emit("connection", { connected: state.name === "connected" });
  },
});

const switches = new Switches(new Keeper(OFF), (message) => socket.send(message));

/** @type {House} */
const house = {
  bus,
  credits,
  eyes,
  language,
  notify: (notice) => notices.add(notice),
  slot: (name) => byId(name),
  socket,
};
const body = new Body({ house, onchange: showFaculty, onremove: forgetFaculty });
const toggles = new Toggles(byId("toggles"), translate, (faculty) => body.toggle(faculty));

// What is seen stands above the buttons, however many rows of them there are.
new ResizeObserver(() => byId("scene").style.setProperty("--controls", `${byId("foot").offsetHeight}px`)).observe(byId("foot"));

// From the server

/** @type {Record<string, (message: any) => void>} */
const receivers = {
  /** @param {Hello} hello */
  hello(hello) {
    sessionStorage.setItem(SESSION, hello.session);
    switches.greet(hello.off ?? [], hello.plugins);
    showPlugins(hello.plugins);
    void body.greet(hello);
  },
  /** @param {Credit} credit */
  credit: ({ sense, count }) => credits.grant(sense, count),
  /** @param {PluginsMessage} message */
  plugins: (message) => showPlugins(message.plugins),
  /** @param {Switched} message */
  switched({ off }) {
    switches.switched(off, statuses);
    showPlugins(statuses);
    bus.emit("switched", { off });
  },
  /** @param {Heard} heard */
  heard: ({ id, text, language: spoken }) => conversation.add({ by: "person", id, text, language: spoken }),
  /** @param {Ignored} ignored */
  ignored({ answers }) {
    conversation.remove(answers);
    mood.settled(answers);
  },
  /** @param {Failure} failure */
  error(failure) {
    faults.told(failure);
    mood.settled(failure.answers);
  },
};

/** @param {Message} message */
function receive(message) {
  const receiver = receivers[message.type] ?? act;
  receiver(message);
}

/** @param {PluginStatus[]} told */
function showPlugins(told) {
  statuses = told;
  plugins.show(statuses);
  faults.heard(statuses);
  panel.show(statuses, switches.off);
  showPlaces();
}

function showPlaces() {
  const places = byId("places");
  setText(places, outward(statuses, switches.off, eyes.shut, words.panel.place, (names) => lists.format(names)));
  places.hidden = places.textContent === "";
}

function showEyes() {
  document.body.dataset.eyes = eyes.shut ? "shut" : "open";
  eyesButton.ariaPressed = String(eyes.shut);
  showPlaces();
}

/** @param {Action} action */
function act(action) {
  pulse.answered(action.answers, Date.now());
  mood.settled(action.answers);
  if (action.type === "say") {
    const { text, language: spoken } = /** @type {Say} */ (action);
    conversation.add({ by: "bot", text, language: spoken });
  }
  bus.emit("action", action);
  body.act(action);
}

// From the senses and actuators

bus.on("sentence", ({ id, text, language: spoken }) => {
  conversation.add({ by: "person", id, text, language: spoken });
  mood.asked(id);
});
bus.on("interim", ({ text, language: spoken }) => {
  conversation.interim(text, spoken);
  mood.hears(text !== "");
});
bus.on("frame", ({ id, captured }) => pulse.sent(id, captured, Date.now()));
bus.on("view", ({ open }) => (byId("scene").dataset.view = open ? "open" : "closed"));
bus.on("voice", ({ speaking }) => mood.voice(speaking));

/** @param {Faculty} faculty */
function showFaculty(faculty) {
  const { name, state, reason, activity, module } = faculty;
  toggles.show(faculty);
  const perceives = state === "open" && activity !== "closed";
  mood.sense(name, perceives ? (module?.mood ?? null) : null);
  if (state === "failed") {
    const called = module?.title ? translate(module.title) : name;
    const action = module && { label: words.again, run: () => void faculty.open() };
    notices.add({ key: `failed ${name}`, text: fill(words.failed, { name: called, reason }), ...(action && { action }) });
  } else {
    notices.remove(`failed ${name}`);
  }
  showAwake();
}

/** @param {Faculty} faculty */
function forgetFaculty(faculty) {
  toggles.remove(faculty);
  notices.remove(`failed ${faculty.name}`);
  mood.sense(faculty.name, null);
  showAwake();
}

function showAwake() {
  document.body.dataset.awake = String(body.awake);
  wakeLock.set(body.awake);
}

// From whoever threw what nobody caught

addEventListener("error", ({ error, message, filename }) => body.blame({ error: error ?? message, filename }));
addEventListener("unhandledrejection", ({ reason }) => body.blame({ error: reason }));

// From the person

wakeButton.onclick = () => {
  body.wake();
  showAwake();
  if (body.awake) toggles.focus();
};
eyesButton.onclick = () => eyes.set(!eyes.shut);
addEventListener("storage", ({ key, newValue }) => {
  if (key === EYES && newValue !== null) eyes.set(newValue === "shut"); // pressed in another tab
});
addEventListener("online", () => socket.connect());
addEventListener("offline", () => socket.connect());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") socket.hurry();
});

// The words of the page, in the person's language

document.documentElement.lang = tag;
setText(wakeButton, words.wake);
setText(byId("about"), words.about);
setText(byId("eyes-shut-name"), words.eyes.title);
byId("places").ariaLabel = words.places;
setText(byId("hint"), words.hint);
setText(byId("mood"), words.answering.asleep);
setText(byId("conversation-title"), words.conversation);
setText(byId("panel-name"), words.panel.title);
setText(byId("panel-title"), words.panel.title);
byId("panel-close").ariaLabel = words.panel.close;
byId("panel-button").title = words.panel.title;
byId("scene").ariaLabel = words.scene;
byId("notices").ariaLabel = words.notices;
byId("plugins").ariaLabel = words.plugins;
byId("controls").ariaLabel = words.senses;

showEyes();
socket.connect();
