// The bot's body on this client: its senses and actuators, as the server names them. It knows none of them by name.

import { culprit } from "./culprit.js";
import { Faculty } from "./faculty.js";

/** @import {House} from "./context.js" */
/** @import {Trouble} from "./culprit.js" */
/** @import {Action, Attend, FacultyInfo, Hello} from "./wire.js" */

/**
 * @typedef {object} BodyOptions
 * @property {House} house
 * @property {(faculty: Faculty) => void} onchange a faculty is new, or its state has changed
 * @property {(faculty: Faculty) => void} onremove the server has it no more
 * @property {(url: string) => Promise<any>} [load]
 */

export class Body {
  /** @type {Map<string, Faculty>} */
  #faculties = new Map();
  /** @type {Map<string, boolean>} */
  #wishes = new Map(); // whether what was replaced had been open
  #options;
  #woken = false;

  /** @param {BodyOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** Whether a sense or actuator that has a button is open, or about to be. */
  get awake() {
    return [...this.#faculties.values()].some((faculty) => faculty.hasButton && faculty.wanted);
  }

  // Lifecycle

  /**
   * Become what the server says that we are; go on with what has not changed, and tell the server how that is.
   * @param {Hello} hello
   */
  async greet(hello) {
    const named = unite(hello);
    for (const faculty of this.#faculties.values()) {
      if (!(faculty.name in named)) await this.#remove(faculty);
    }
    await Promise.all(Object.entries(named).map(([name, info], position) => this.#meet(name, info, position)));
  }

  /** Open everything that waits for the person to wake the bot. */
  wake() {
    this.#woken = true;
    for (const faculty of this.#faculties.values()) {
      if (faculty.barred) this.#options.house.eyes.refuse(); // it opens once the eyes are no longer shut
      void faculty.open();
    }
  }

  /** Notice that the eyes were shut, or are no longer. */
  blink() {
    for (const faculty of this.#faculties.values()) {
      void faculty.blink();
      if (faculty.state === "closed") this.#tell(faculty); // with the reason, or without it from now on
      this.#options.onchange(faculty);
    }
  }

  /**
   * Open a faculty, or close it if it is open.
   * @param {Faculty} faculty
   */
  toggle(faculty) {
    if (faculty.barred) return this.#options.house.eyes.refuse();
    void (faculty.wanted ? faculty.close() : faculty.open());
    this.#options.onchange(faculty);
  }

  /**
   * Have that faculty fail that an uncaught error comes from, if it is one's.
   * @param {Trouble} trouble
   */
  blame(trouble) {
    culprit(trouble, this.#faculties.values())?.fail(trouble.error);
  }

  // Actions

  /**
   * Carry out an action of the server.
   * @param {Action} action
   */
  act(action) {
    if (action.type === "attend") return this.#attend(/** @type {Attend} */ (action));
    for (const faculty of this.#faculties.values()) {
      if (faculty.carries.includes(action.type)) void faculty.carry(action);
    }
  }

  /** @param {Attend} attend */
  #attend({ to, state = "open" }) {
    const faculty = this.#faculties.get(to);
    if (state === "open" && faculty?.barred) return this.#refuse(faculty);
    if (state === "open") void faculty?.open();
    if (state === "closed") void faculty?.close();
    if (state === "look") void faculty?.look();
  }

  // Internal

  /** @param {Faculty} faculty that is to open while the eyes are shut */
  #refuse(faculty) {
    const { eyes } = this.#options.house;
    eyes.refuse();
    this.#report(faculty, "closed", eyes.refusal);
  }

  /**
   * @param {string} name
   * @param {FacultyInfo} info
   * @param {number} position
   */
  async #meet(name, { module, settings, carries = [] }, position) {
    if (module === null) return;
    const known = this.#faculties.get(name);
    if (known?.matches(module, settings, carries) && !known.missing) {
      if (known.module !== null && !known.hasButton && !known.wanted) void known.open(); // else, once it has loaded
      return this.#tell(known);
    }
    if (known !== undefined) await this.#remove(known);
    const { house, load } = this.#options;
    const onreport = this.#report.bind(this);
    const faculty = new Faculty({ name, url: module, settings, position, carries, house, onreport, load });
    this.#faculties.set(name, faculty);
    const wish = this.#wishes.get(name);
    const loading = faculty.load();
    if (wish === true) void faculty.open(); // once it has loaded
    if (!(await loading) || this.#faculties.get(name) !== faculty) return; // the server has changed its mind meanwhile
    this.#options.onchange(faculty);
    if (faculty.wanted || (wish ?? this.#woken) || !faculty.hasButton) await faculty.open(); // woken perhaps meanwhile
    else this.#tell(faculty);
  }

  /** @param {Faculty} faculty */
  async #remove(faculty) {
    // What has failed is opened again in its new version, if it was open before it failed.
    if (faculty.state !== "failed") this.#wishes.set(faculty.name, faculty.wanted);
    this.#faculties.delete(faculty.name);
    await faculty.close();
    this.#options.onremove(faculty);
  }

  /** @param {Faculty} faculty */
  #tell(faculty) {
    const { state, reason, activity } = faculty;
    if (state === "open" || state === "closed" || state === "failed") this.#report(faculty, state, reason);
    if (activity !== "") this.#report(faculty, activity);
  }

  /**
   * @param {Faculty} faculty
   * @param {string} state
   * @param {string} [reason]
   */
  #report(faculty, state, reason) {
    const { bus, eyes, socket } = this.#options.house;
    if (state === "closed" && faculty.barred) reason ||= eyes.refusal; // so that nobody says that it is open
    const report = { name: faculty.name, state, ...(reason ? { reason } : {}) };
    if (state !== "loading" && state !== "opening") socket.send({ type: "report", ...report });
    bus.emit("report", report);
    this.#options.onchange(faculty);
  }
}

/**
 * Return the faculties by name. A sense and an actuator of the same name are one: it sends the one's stimuli, and carries
 * out the other's actions.
 * @param {Hello} hello
 * @returns {Record<string, FacultyInfo>}
 */
function unite({ senses, actuators }) {
  const named = { ...senses };
  for (const [name, info] of Object.entries(actuators)) {
    const { module = null, settings = {} } = senses[name] ?? {};
    named[name] = { ...info, module: info.module ?? module, settings: { ...settings, ...info.settings } };
  }
  return named;
}
