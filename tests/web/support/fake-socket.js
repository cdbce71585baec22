// A WebSocket without a network: the test says when it opens, what it receives and when it closes.

export class FakeSocket {
  /** @type {FakeSocket[]} */
  static made = [];

  /** @type {unknown[]} */
  sent = [];
  closed = false;
  /** @type {(() => void) | null} */
  onopen = null;
  /** @type {((event: {data: unknown}) => void) | null} */
  onmessage = null;
  /** @type {(() => void) | null} */
  onclose = null;

  /** @param {string} url @param {string} protocol */
  constructor(url, protocol) {
    this.url = url;
    this.protocol = protocol;
    FakeSocket.made.push(this);
  }

  static get last() {
    const last = FakeSocket.made.at(-1);
    if (last === undefined) throw new Error("no socket was made");
    return last;
  }

  /** @param {unknown} data */
  send(data) {
    this.sent.push(data);
  }

  close() {
    this.closed = true;
  }

  /** The server accepts the connection, and says hello. */
  welcome() {
    this.onopen?.();
    this.receive({ type: "hello" });
  }

  /** @param {unknown} message */
  receive(message) {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }
}
