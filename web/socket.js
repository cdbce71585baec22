// The connection to the server: it comes back by itself, with growing pauses, and tells what it does.

import { Backoff } from "./backoff.js";
import { decode, encode } from "./wire.js";

/** @import {Message} from "./wire.js" */

const PROTOCOL = "cortex.v1";
const PATIENCE = 10_000; // ms that a server may take to say hello

/** @typedef {{name: "connecting" | "connected"} | {name: "waiting", pause: number}} SocketState */

/**
 * @typedef {object} SocketOptions
 * @property {string} url
 * @property {() => Message} hello makes the first message of each connection
 * @property {(message: Message) => void} onmessage each message of the server, its hello among them
 * @property {(state: SocketState) => void} onstate
 * @property {() => boolean} [blind] whether no binary message may go out now
 * @property {Backoff} [backoff]
 */

export class Socket {
  #options;
  #backoff;
  /** @type {WebSocket | null} */
  #socket = null;
  #greeted = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {SocketOptions} options */
  constructor(options) {
    this.#options = options;
    this.#backoff = options.backoff ?? new Backoff();
  }

  /** Whether the server has said hello, and has not gone since. */
  get connected() {
    return this.#greeted;
  }

  // Lifecycle

  /** Connect at once; what was there of an earlier connection is dropped. */
  connect() {
    this.#drop();
    this.#options.onstate({ name: "connecting" });
    const socket = new WebSocket(this.#options.url, PROTOCOL);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(encode(this.#options.hello()));
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = () => this.#retry();
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#retry(), PATIENCE);
  }

  /** Connect at once, if it is only the pause that is waited for. */
  hurry() {
    if (this.#socket === null) this.connect();
  }

  /** Close, and do not come back. */
  close() {
    this.#drop();
  }

  // Messages

  /**
   * Send a message, but none with a payload while nothing may be seen; tell whether it went out.
   * @param {Message} message
   * @param {Blob | Uint8Array<ArrayBuffer>} [payload]
   */
  send(message, payload) {
    if (payload !== undefined && this.#options.blind?.()) return false;
    if (!this.#greeted || this.#socket?.readyState !== WebSocket.OPEN) return false; // it may be closing already
    this.#socket.send(encode(message, payload));
    return true;
  }

  /** @param {unknown} data */
  #receive(data) {
    let message;
    try {
      message = decode(data);
    } catch (error) {
      console.error(error);
      return;
    }
    if (message.type === "hello" && !this.#greeted) this.#welcome(); // it may greet again when it has changed
    this.#options.onmessage(message);
  }

  // Internal

  #welcome() {
    clearTimeout(this.#timer);
    this.#backoff.reset();
    this.#greeted = true;
    this.#options.onstate({ name: "connected" });
  }

  #retry() {
    this.#drop();
    const pause = this.#backoff.next();
    this.#timer = setTimeout(() => this.connect(), pause);
    this.#options.onstate({ name: "waiting", pause });
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#greeted = false;
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
