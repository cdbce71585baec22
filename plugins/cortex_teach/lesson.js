// How the lesson under way stands, as far as the page knows. Pure.

/** @typedef {"looking" | "asking" | "learned" | "discarded" | "undone" | "failed"} ServerStage */
/** @typedef {"none" | "waiting" | ServerStage} Stage */

/**
 * What the server tells of a lesson; what it leaves out is empty.
 * @typedef {{id: string, thing: string, stage: ServerStage, wanted?: number, pictures?: string[], text?: string}} News
 */

const ENDS = ["discarded", "undone", "failed"];

export class Lesson {
  id = "";
  thing = "";
  /** @type {Stage} */
  stage = "none";
  wanted = 0;
  /** @type {string[]} */
  pictures = [];
  text = "";
  /** Whether the page has ended it: then the bot does not say so. */
  broken = false;

  /** Whether the person is to hold the thing still. */
  get running() {
    return this.stage === "waiting" || this.stage === "looking";
  }

  /** Whether it has come to nothing. */
  get over() {
    return ENDS.includes(this.stage);
  }

  /**
   * The person has asked for a lesson; the server has not answered yet.
   * @param {string} thing
   */
  begin(thing) {
    this.#become({ id: "", thing, stage: "waiting" });
  }

  /**
   * Take news of the server; tell whether they are of this lesson, or of one that takes its place.
   * @param {News} news
   */
  receive(news) {
    const same = news.id === this.id;
    const refused = this.stage === "waiting" && news.stage === "failed";
    if (ENDS.includes(news.stage) && !same && !refused) return false; // the end of one that is no longer shown
    if (news.stage === "looking" && same && !this.running) return false; // it was overtaken
    const text = news.text || (same && news.stage === this.stage ? this.text : "");
    this.#become({ ...news, thing: news.thing || this.thing, text });
    return true;
  }

  /**
   * It cannot go on.
   * @param {string} text why
   */
  fail(text) {
    Object.assign(this, { stage: "failed", text, broken: true });
  }

  /** @param {string} picture */
  remove(picture) {
    this.pictures = this.pictures.filter((name) => name !== picture);
  }

  /** Forget it: there is none under way. */
  clear() {
    this.#become({ id: "", thing: "", stage: "none" });
  }

  /** @param {Omit<News, "stage"> & {stage: Stage}} news */
  #become({ id, thing, stage, wanted = 0, pictures = [], text = "" }) {
    Object.assign(this, { id, thing, stage, wanted, pictures, text, broken: false });
  }
}
