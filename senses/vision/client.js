// Vision, in the browser: shows the camera's preview, and sends its newest frame whenever the server wants one.

import { Cameras } from "./cameras.js";
import { Eye, pause } from "./eye.js";
import texts from "./texts.js";

/** @import {Context} from "../../web/context.js" */
/** @import {Choice} from "./eye.js" */

export const title = { en: "Eye", fr: "Œil" };
export const mood = "watching";
export const icon = "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z";

const GLIMPSE = 1_200; // ms that one look with the eye shut stands on the page

/** @type {Eye | null} */
let eye = null;
/** @type {Cameras | null} */
let cameras = null;
/** @type {Choice | null} */
let choice = null;
let glimpsing = false;
let emitView = (/** @type {boolean} */ _open) => {};

/** @param {Context} context */
export async function start(context) {
  const { emit, report, settings, signal, slot } = context;
  const words = context.translate(texts);
  const opened = new Eye(context, words);
  eye = opened;
  choice ??= { facing: settings.camera ?? "user" };
  await opened.open(choice);

  /** @param {Choice} wish */
  const change = async (wish) => {
    choice = wish;
    try {
      await opened.open(wish);
      await cameras?.show(opened.deviceId);
    } catch (error) {
      report("failed", error instanceof Error ? error.message : String(error));
    }
  };
  const facing = choice.facing;
  cameras = new Cameras(slot("controls"), {
    words,
    onchoose: (deviceId) => void change({ facing, deviceId }),
    async onflip() {
      const before = opened.deviceId;
      await change({ facing: opened.facesPerson ? "environment" : "user" });
      // Webcams do not say where they look: then the next one will do.
      if (opened.deviceId === before) await change({ facing, deviceId: cameras?.after(before) });
    },
  });
  await cameras.show(opened.deviceId);
  navigator.mediaDevices.addEventListener("devicechange", () => void cameras?.show(opened.deviceId), { signal });

  emitView = (open) => emit("view", { open, glimpse: false });
  emitView(true);
  opened.watch().catch((error) => {
    if (!signal.aborted) report("failed", String(error));
  });
}

export function stop() {
  eye?.close();
  eye = null;
  cameras?.remove();
  cameras = null;
  emitView(false);
}

/** @param {Context} context */
export async function look(context) {
  if (eye !== null) return eye.sendFrame();
  if (glimpsing) return;
  glimpsing = true;
  const glimpse = new Eye(context, context.translate(texts));
  const end = () => glimpse.close(); // at once, whatever it waits for
  context.signal.addEventListener("abort", end, { once: true });
  try {
    await glimpse.open(choice ?? { facing: context.settings.camera ?? "user" });
    context.emit("view", { open: true, glimpse: true });
    await glimpse.sendFrame();
    await pause(GLIMPSE, context.signal);
  } finally {
    context.signal.removeEventListener("abort", end);
    glimpse.close();
    glimpsing = false;
    context.emit("view", { open: eye !== null, glimpse: true });
  }
}
