// What the bot is doing, in one word, out of all that it does at once. Pure but for one timer.

const PATIENCE = 6_000; // ms that an answer may take before the bot looks as if it had given up

/** @typedef {"asleep" | "watching" | "listening" | "thinking" | "speaking"} MoodName */

export class Mood {
  /** @type {MoodName} */
  name = "asleep";
  #onchange;
  /** @type {Map<string, "watching" | "listening">} */
  #open = new Map();
  /** @type {Set<string>} */
  #asked = new Set();
  #speaking = false;
  #hearing = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(mood: MoodName) => void} onchange */
  constructor(onchange) {
    this.#onchange = onchange;
  }

  /**
   * Notice that a sense is open, with the mood it brings, or that it is not.
   * @param {string} sense
   * @param {"watching" | "listening" | null} mood
   */
  sense(sense, mood) {
    if (mood === null) this.#open.delete(sense);
    else this.#open.set(sense, mood);
    this.#update();
  }

  /** @param {string} id of a sentence that may get an answer */
  asked(id) {
    this.#asked.add(id);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#asked.clear();
      this.#update();
    }, PATIENCE);
    this.#update();
  }

  /** @param {string | undefined} id of a sentence that got its answer, or that gets none */
  settled(id) {
    if (id !== undefined && this.#asked.delete(id)) this.#update();
  }

  /** @param {boolean} speaking whether the bot's voice is to be heard */
  voice(speaking) {
    this.#speaking = speaking;
    this.#update();
  }

  /** @param {boolean} hearing whether the person is speaking */
  hears(hearing) {
    this.#hearing = hearing;
    this.#update();
  }

  /** @returns {MoodName} */
  #judge() {
    if (this.#speaking) return "speaking";
    if (this.#asked.size > 0) return "thinking";
    if (this.#hearing) return "listening";
    const moods = [...this.#open.values()];
    return moods.find((mood) => mood === "watching") ?? moods[0] ?? "asleep";
  }

  #update() {
    const name = this.#judge();
    if (name === this.name) return;
    this.name = name;
    this.#onchange(name);
  }
}
