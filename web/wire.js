// The wire: messages as docs/wire.md describes them. Pure: it knows no socket and no clock.

/**
 * A message to the server: its `type`, and the fields of that type.
 * @typedef {{type: string, [field: string]: unknown}} Message
 */

/** @typedef {{module: string | null, settings: Record<string, unknown>, carries?: string[]}} FacultyInfo */

/**
 * How a plugin is; what an older server does not know is left out.
 * @typedef {object} PluginStatus
 * @property {string} name
 * @property {"starting" | "working" | "busy" | "benched" | "failed"} state
 * @property {string} reason
 * @property {number} [rate] calls a second, over the last ten
 * @property {number | null} [median_ms] of a call; null where there was none
 * @property {number | null} [calls_left] today; null where there is no limit
 * @property {number | null} [cost_left] that it may still cost today; null where there is no limit
 * @property {Place | null} [place] where what it perceives goes; null where it has no cortex
 * @property {Record<string, unknown>} [limits] those that are set, such as `{timeout: 30}`
 */

/** @typedef {{where: "machine" | "network" | "internet", name?: string, gets?: Array<"pictures" | "words">}} Place */

/** @typedef {{name: string, score: number}} Label */

/** @typedef {{left: number, top: number, width: number, height: number, name?: string, score?: number}} Box in shares of a frame */

/**
 * What the server may have an actuator do, such as `show`, `say`, or what a plugin has thought of.
 * @typedef {object} Action
 * @property {string} type
 * @property {string} [answers] the id of the stimulus that it answers
 * @property {number} [captured] when that stimulus was perceived, ms since 1970
 * @property {string} [cortex] the cortex that wants it
 * @property {Record<string, number>} [ms] how long each stage took
 * @property {Uint8Array<ArrayBuffer>} [payload] the bytes of a binary message
 */

/** @typedef {Action & {type: "show", labels?: Label[], text?: string, sure?: boolean, boxes?: Box[], holds?: boolean}} Show holds: until its cortex shows something else */
/** @typedef {Action & {type: "say", text: string, language?: string, priority?: "answer" | "remark"}} Say */
/** @typedef {Action & {type: "hush", of: string}} Hush of: the stimulus whose answers are to be dropped */
/** @typedef {Action & {type: "attend", to: string, state?: "open" | "closed" | "look"}} Attend */
/** @typedef {Action & {type: "adjust", to: string, setting: string, factor: number}} Adjust */
/** @typedef {Action & {type: "picture", payload: Uint8Array<ArrayBuffer>, caption?: string}} Picture a JPEG */

/**
 * @typedef {object} Hello
 * @property {"hello"} type
 * @property {string} version
 * @property {string} session
 * @property {Record<string, FacultyInfo>} senses
 * @property {Record<string, FacultyInfo>} actuators
 * @property {PluginStatus[]} plugins
 * @property {string[]} [off] the plugins that are switched off in the session
 */

/** @typedef {{type: "credit", sense: string, count: number}} Credit */
/** @typedef {{type: "plugins", plugins: PluginStatus[]}} Plugins */
/** @typedef {{type: "switched", off: string[]}} Switched */
/** @typedef {{type: "heard", id: string, sense: string, text: string, language?: string}} Heard */
/** @typedef {{type: "ignored", answers: string, reason: string}} Ignored */
/** @typedef {{type: "error", code: string, message: string, answers?: string}} Failure */

const NEWLINE = 10;
const UTF8 = new TextDecoder();

/** A message from the server that is none. The socket reports it and goes on. */
export class WireError extends Error {}

/**
 * Encode a message: text, or where there is a payload a line of JSON and the payload's bytes.
 * @param {Message} message
 * @param {Blob | Uint8Array<ArrayBuffer>} [payload]
 * @returns {string | Blob}
 */
export function encode(message, payload) {
  const header = JSON.stringify(message);
  return payload === undefined ? header : new Blob([header, "\n", payload]);
}

/**
 * Decode a message of the server: text, or a line of JSON and a payload, which the message then has as `payload`.
 * @param {unknown} data what the WebSocket delivered
 * @returns {Message}
 */
export function decode(data) {
  if (typeof data === "string") return decodeHeader(data);
  if (!(data instanceof ArrayBuffer)) throw new WireError("the server sent neither text nor bytes");
  const bytes = new Uint8Array(data);
  const newline = bytes.indexOf(NEWLINE);
  if (newline < 0) throw new WireError("the server sent a binary message without a header line");
  return { ...decodeHeader(UTF8.decode(bytes.subarray(0, newline))), payload: bytes.subarray(newline + 1) };
}

/** @param {string} text */
function decodeHeader(text) {
  let message;
  try {
    message = JSON.parse(text);
  } catch (error) {
    throw new WireError(`the server sent no JSON: ${text.slice(0, 80)}`, { cause: error });
  }
  if (typeof message?.type !== "string") throw new WireError(`the server sent no type: ${text.slice(0, 80)}`);
  return message;
}
