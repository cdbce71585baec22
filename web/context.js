// What the browser half of a sense or an actuator is given: its only way to the page and to the server.

import { translate } from "./language.js";

/** @import {Bus, Detail} from "./bus.js" */
/** @import {Credits} from "./credits.js" */
/** @import {Eyes} from "./eyes.js" */
/** @import {Notice} from "./notices.js" */
/** @import {Socket} from "./socket.js" */

/** @typedef {"stage" | "controls" | "conversation" | "composer" | "drawer"} SlotName */

/**
 * @typedef {object} Context
 * @property {string} name the name of the sense or actuator, such as `vision`
 * @property {Record<string, any>} settings what the server's half wants it to know
 * @property {string} language the person's, a BCP 47 tag such as `fr-FR`
 * @property {AbortSignal} signal aborted when it is to stop
 * @property {(fields: Record<string, unknown>, payload?: Blob | Uint8Array<ArrayBuffer>) => string | null} send
 *   send a stimulus of this sense; returns its id, or null where there is no connection, or where it has a payload
 *   and the eyes are shut
 * @property {(signal?: AbortSignal) => Promise<() => void>} credit
 *   resolves once the server grants one more stimulus, with what gives that credit back if nothing is sent
 * @property {(state: string, reason?: string) => void} report tell the server and the page what it is doing;
 *   `failed` stops it, and shows the person the reason
 * @property {(notice: string | Notice) => () => void} notify show the person a text; returns what takes it away
 * @property {(name: SlotName) => HTMLElement} slot a place of the page; remove what you put there when you stop
 * @property {<Type extends string>(type: Type, listener: (detail: Detail<Type>) => void) => void} on
 *   listen to an event of the page until `signal` aborts
 * @property {<Type extends string>(type: Type, detail: Detail<Type>) => void} emit
 * @property {<Words>(texts: Record<string, Words>) => Words} translate pick the words of the person's language
 */

/**
 * What all contexts have in common.
 * @typedef {object} House
 * @property {Bus} bus
 * @property {Credits} credits
 * @property {Pick<Eyes, "shut" | "refusal" | "refuse">} eyes
 * @property {string} language
 * @property {(notice: string | Notice) => () => void} notify
 * @property {(name: SlotName) => HTMLElement} slot
 * @property {Pick<Socket, "send">} socket
 */

const PAGE = Math.random().toString(36).slice(2, 10);
let stimuli = 0;

/**
 * Make the context of one sense or actuator, for one time that it is open.
 * @param {House} house
 * @param {object} own
 * @param {string} own.name
 * @param {Record<string, any>} own.settings
 * @param {AbortSignal} own.signal
 * @param {(state: string, reason?: string) => void} own.report
 * @param {(error: unknown) => void} own.fail what is called with what a listener throws
 * @returns {Context}
 */
export function createContext({ bus, credits, language, notify, slot, socket }, own) {
  const { name, settings, signal, report, fail } = own;
  return {
    name,
    settings,
    language,
    signal,
    report,
    notify,
    slot,
    translate: (texts) => translate(texts, language),
    credit: (until = signal) => credits.take(name, until),
    on: (type, listener) => bus.on(type, guarded(listener, fail), signal),
    emit: (type, detail) => bus.emit(type, detail),
    send(fields, payload) {
      stimuli += 1;
      const id = `${PAGE}-${stimuli}`;
      const message = { type: "stimulus", sense: name, id, captured: Date.now(), ...fields };
      return socket.send(message, payload) ? id : null;
    },
  };
}

/**
 * @template Detail
 * @param {(detail: Detail) => void} listener
 * @param {(error: unknown) => void} fail
 * @returns {(detail: Detail) => void}
 */
function guarded(listener, fail) {
  return (detail) => {
    try {
      listener(detail);
    } catch (error) {
      fail(error);
    }
  };
}
