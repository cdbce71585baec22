// The red dot: shows that what is seen is being kept, and how much of it.

const QUIET = 3000; // ms without a frame, after which nothing is being recorded
const PULSE = { duration: 1600, iterations: Infinity, easing: "ease-in-out" };
const RED = "#ff4b4b";

const TEXTS = {
  en: {
    name: "Recorder",
    on: "Recording",
    paused: "Recording paused",
    pictures: (/** @type {number} */ count) => `: ${count} ${count === 1 ? "picture" : "pictures"}`,
    waiting: (/** @type {number} */ count) => `, ${count} not stored yet`,
  },
  fr: {
    name: "Enregistreur",
    on: "Enregistrement",
    paused: "Enregistrement en pause",
    pictures: (/** @type {number} */ count) => ` : ${count} ${count < 2 ? "image" : "images"}`,
    waiting: (/** @type {number} */ count) => `, ${count} en attente`,
  },
};

const BOX = {
  display: "flex",
  alignItems: "center",
  gap: "0.45rem",
  order: "1", // behind the buttons; a notice would cover it anywhere else
  padding: "0.3rem 0.75rem 0.3rem 0.6rem",
  borderRadius: "1rem",
  background: "rgb(26 12 18 / 0.85)",
  color: "#fff",
  fontSize: "0.85rem",
  fontWeight: "600",
  lineHeight: "1.3",
  textShadow: "none",
  fontVariantNumeric: "tabular-nums",
  pointerEvents: "none",
};
const DOT = { flex: "none", width: "0.75rem", height: "0.75rem", borderRadius: "50%", border: `2px solid ${RED}` };

/** @type {HTMLElement | null} */
let box = null;
/** @type {(action: {count: number, waiting: number}) => void} */
let show = () => {};

/**
 * Be ready to show the dot; it appears when something is recorded.
 * @param {object} context everything in it stands in docs/browser.md; this is what is used here
 * @param {AbortSignal} context.signal aborted when the actuator is to stop
 * @param {(name: "controls") => HTMLElement} context.slot
 * @param {(type: string, listener: (detail: any) => void) => void} context.on
 * @param {<Words>(texts: Record<string, Words>) => Words} context.translate
 */
export function start({ signal, slot, on, translate }) {
  const words = translate(TEXTS);
  const dot = styled("span", DOT);
  const state = document.createElement("span");
  const count = document.createElement("span");
  const text = document.createElement("span");
  const made = (box = styled("p", BOX));
  dot.ariaHidden = "true";
  count.setAttribute("aria-live", "off"); // or each picture would be read out
  text.append(state, count);
  made.role = "status";
  made.ariaLabel = words.name;
  made.ariaAtomic = "false";
  made.hidden = true;
  made.append(dot, text);
  slot("controls").append(made);

  /** @type {Animation | null} */
  let pulse = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {boolean} recording */
  const become = (recording) => {
    const word = recording ? words.on : words.paused;
    if (state.textContent === word) return;
    state.textContent = word;
    dot.style.background = recording ? RED : "none";
    pulse?.cancel();
    const still = !recording || matchMedia("(prefers-reduced-motion: reduce)").matches;
    pulse = still ? null : dot.animate({ opacity: [1, 0.5, 1] }, PULSE);
  };
  const goOn = () => {
    clearTimeout(timer);
    timer = setTimeout(become, QUIET, false);
    become(true);
  };

  show = (action) => {
    made.hidden = false;
    count.textContent = words.pictures(action.count) + (action.waiting > 0 ? words.waiting(action.waiting) : "");
    goOn();
  };
  on("frame", () => {
    if (!made.hidden) goOn();
  });
  on("connection", ({ connected }) => {
    if (!connected) made.hidden = true;
  });
  signal.addEventListener("abort", () => clearTimeout(timer));
}

/** Leave the page as it was. */
export function stop() {
  box?.remove();
  box = null;
  show = () => {};
}

/**
 * Show how it stands.
 * @param {{count?: number, waiting?: number}} action what is left out is 0
 */
export function carry({ count = 0, waiting = 0 }) {
  show({ count, waiting });
}

/**
 * Make an element.
 * @param {string} tag
 * @param {Partial<CSSStyleDeclaration>} style
 */
function styled(tag, style) {
  const element = document.createElement(tag);
  Object.assign(element.style, style);
  return element;
}
