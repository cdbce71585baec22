// What a context needs of the page, without the page.

import { Bus } from "../../../web/bus.js";
import { Credits } from "../../../web/credits.js";

/** Make a house that keeps what is sent to the server and shown to the person. */
export function makeHouse() {
  /** @type {any[]} */
  const sent = [];
  /** @type {any[]} */
  const notices = [];
  const house = {
    bus: new Bus(),
    credits: new Credits(),
    eyes: { shut: false, refusal: "eyes shut", refuse: () => void notices.push("eyes shut") },
    language: "en-US",
    notify(/** @type {any} */ notice) {
      notices.push(notice);
      return () => {};
    },
    slot: () => /** @type {HTMLElement} */ (/** @type {unknown} */ (null)),
    socket: {
      send(/** @type {any} */ message, /** @type {any} */ payload) {
        sent.push(payload === undefined ? message : { ...message, payload });
        return true;
      },
    },
  };
  return { house, sent, notices };
}
