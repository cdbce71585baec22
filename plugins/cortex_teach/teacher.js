// The teacher on the page: leads what the server tells to the lessons and the shelf, and what they want to the server.

import { Course } from "./course.js";
import { make, makeButton, makeIcon } from "./elements.js";
import { Glimpses } from "./glimpses.js";
import { Panel } from "./panel.js";
import { Shelf } from "./shelf.js";
import { Wishes } from "./wishes.js";

/** @import {Context} from "../../web/context.js" */
/** @import {Glimpse} from "./glimpses.js" */
/** @import {News as LessonNews} from "./lesson.js" */
/** @import {AlbumNews, GalleryNews} from "./shelf.js" */
/** @import {Words} from "./texts.js" */
/** @import {Kind} from "./wishes.js" */

/**
 * What the server tells.
 * @typedef {Glimpse & {type: "glimpse"} | LessonNews & {type: "lesson"} | AlbumNews & {type: "album"}
 *   | GalleryNews & {type: "gallery", open?: boolean}} News
 */

const CAP = "M12 4.8L2 9.6l10 4.8 10-4.8zM6 11.6v4.6c2.4 2.5 9.6 2.5 12 0v-4.6M22 9.6v5";

export class Teacher {
  /** It opens the panel, and closes it. */
  button;
  #words;
  #glimpses = new Glimpses();
  #wishes;
  #course;
  #shelf;
  #panel;
  #connected = true;

  /**
   * @param {Pick<Context, "send" | "notify" | "language">} context
   * @param {Words} words
   */
  constructor({ send, notify, language }, words) {
    this.#words = words;
    const onchange = () => this.#show();
    const glimpses = this.#glimpses;
    const wishes = (this.#wishes = new Wishes((fields) => send({ language, ...fields }), (kind) => this.#miss(kind)));
    this.#course = new Course({ words, glimpses, wishes, notify, onchange });
    this.#shelf = new Shelf({ words, glimpses, wishes, language, onteach: () => this.#teach(), onchange });
    this.#panel = new Panel(
      words,
      { lesson: this.#course.classroom.root, gallery: this.#shelf.root },
      { turn: (tab) => this.#turn(tab), toggle: () => this.#closed() },
    );
    this.button = makeButton("teach-button", "", () => this.#toggle());
    this.button.append(makeIcon(CAP), make("span", { textContent: words.teach }));
    this.button.setAttribute("aria-controls", this.#panel.root.id);
    glimpses.places = this.parts;
    this.#show();
  }

  /** What stands over the conversation, or beside it. */
  get parts() {
    return [this.#course.card.root, this.#course.card.news, this.#panel.root];
  }

  // From the server

  /** @param {News} news */
  receive(news) {
    if (news.type === "glimpse") this.#glimpses.receive(news);
    if (news.type === "lesson") this.#course.receive(news);
    if (news.type === "album") this.#shelf.receiveAlbum(news);
    if (news.type !== "gallery") return;
    this.#shelf.receiveGallery(news);
    if (news.open) this.#browse();
  }

  /**
   * Something was done: perhaps that is what was waited for.
   * @param {{type: string, answers?: string}} action
   */
  answered(action) {
    this.#wishes.answered(action);
    this.#show();
  }

  /** @param {boolean} connected */
  connect(connected) {
    const back = connected && !this.#connected;
    this.#connected = connected;
    if (!connected) {
      this.#wishes.lose();
      this.#course.fail(this.#words.lost);
    }
    if (back && this.#panel.isOpen && this.#panel.tab === "gallery") this.#shelf.renew();
    this.#show();
  }

  end() {
    this.#wishes.clear();
    this.#course.end();
    this.#glimpses.clear();
  }

  // From the person

  #toggle() {
    if (this.#panel.isOpen) return this.#panel.close();
    this.#panel.open();
    this.#teach();
  }

  #teach() {
    this.#turn("lesson");
    this.#course.classroom.focus();
  }

  #browse() {
    this.#panel.open();
    this.#shelf.unfold();
    this.#turn("gallery", false);
    this.#panel.focus();
  }

  /**
   * @param {string} tab
   * @param {boolean} [asking] whether the server is asked what it knows
   */
  #turn(tab, asking = true) {
    if (tab !== this.#panel.tab) this.#course.leave();
    if (tab === "gallery" && this.#panel.tab !== tab && asking) this.#shelf.renew();
    this.#panel.turn(tab);
    this.#show();
  }

  #closed() {
    this.#course.leave();
    this.#show();
  }

  // Internal

  /** @param {Kind} kind of what the server did not answer */
  #miss(kind) {
    if (kind === "lesson" && this.#connected) this.#course.disappoint();
    this.#show();
  }

  #show() {
    const { isOpen, tab } = this.#panel;
    this.button.ariaExpanded = String(isOpen);
    this.#course.show(isOpen && tab === "lesson");
    this.#shelf.show();
    this.#panel.explain(this.#connected ? "" : this.#words.away);
    for (const button of this.parts.flatMap((part) => [...part.querySelectorAll("button.wish")])) {
      button.ariaDisabled = String(!this.#connected);
    }
  }
}
