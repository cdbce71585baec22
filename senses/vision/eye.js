// One eye: a camera, its preview on the page, and the frames that it sends.

import { CameraError, closeCamera, facesPerson, openCamera } from "./camera.js";
import { grabFrame } from "./frames.js";

/** @import {Context} from "../../web/context.js" */
/** @import {Facing} from "./camera.js" */

/** @typedef {{facing: Facing, deviceId?: string}} Choice */

export class Eye {
  #context;
  #words;
  /** @type {MediaStream | null} */
  #stream = null;
  #video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, autoplay: true, ariaHidden: "true" });

  /**
   * @param {Context} context
   * @param {Record<string, string>} words
   */
  constructor(context, words) {
    this.#context = context;
    this.#words = words;
  }

  /** The id of the camera that is open. */
  get deviceId() {
    return this.#stream?.getVideoTracks()[0]?.getSettings().deviceId;
  }

  /** Whether the camera looks at the person, as one does that does not say. */
  get facesPerson() {
    return this.#stream !== null && facesPerson(this.#stream);
  }

  /**
   * Open a camera, in place of the one that is open, and show its preview.
   * @param {Choice} choice
   */
  async open({ facing, deviceId }) {
    const { signal, notify, report, slot } = this.#context;
    let dismiss = () => {};
    const onpending = () => (dismiss = notify(this.#say("pending")));
    closeCamera(this.#stream);
    try {
      this.#stream = await openCamera({ facing, deviceId, signal, onpending });
    } catch (error) {
      throw error instanceof CameraError ? new Error(this.#say(error.problem), { cause: error }) : error;
    } finally {
      dismiss();
    }
    signal.throwIfAborted();
    this.#stream.getVideoTracks()[0]?.addEventListener("ended", () => report("failed", this.#say("gone")));
    this.#video.classList.toggle("mirror", this.facesPerson);
    this.#video.srcObject = this.#stream;
    slot("stage").prepend(this.#video);
    await this.#video.play().catch(() => {}); // cut off by closing; a muted video is never refused
  }

  close() {
    closeCamera(this.#stream);
    this.#stream = null;
    this.#video.srcObject = null;
    this.#video.remove();
  }

  /** Send the newest frame, as soon as the server wants one. */
  async sendFrame() {
    const { credit, emit, send, settings, signal } = this.#context;
    const giveBack = await credit();
    const { width = 320, quality = 0.8 } = settings;
    try {
      signal.throwIfAborted();
      const { captured, jpeg } = await grabFrame(this.#video, { width, quality, signal });
      signal.throwIfAborted(); // what was drawn while the eye was being shut stays here
      const id = send({ captured, content_type: jpeg.type }, jpeg);
      if (id === null) giveBack();
      else emit("frame", { id, captured });
    } catch (error) {
      giveBack(); // the eye was shut: whoever opens it again needs the credit
      throw error;
    }
  }

  /** Send frames until the context's signal aborts; none while the page is hidden. */
  async watch() {
    const { settings, signal } = this.#context;
    const period = 1000 / (settings.fps || 10);
    while (!signal.aborted) {
      if (document.hidden) await this.#sleep();
      const next = performance.now() + period;
      await this.sendFrame();
      await pause(next - performance.now(), signal);
    }
  }

  /** Wait until the page is to be seen again; browsers draw no frames before. */
  async #sleep() {
    const { notify, report, signal } = this.#context;
    const dismiss = notify(this.#say("hidden"));
    report("closed", this.#say("hidden"));
    await new Promise((resolve) => {
      document.addEventListener("visibilitychange", resolve, { once: true, signal });
      signal.addEventListener("abort", resolve, { once: true });
    });
    dismiss();
    report("open");
  }

  /** @param {string} key */
  #say(key) {
    return this.#words[key] ?? this.#words.other ?? key;
  }
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export function pause(ms, signal) {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener("abort", finish);
  });
}
