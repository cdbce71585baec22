// The camera: opens the one that is wanted, tells when it is gone. It asks for no sound: on a phone, that is the ear's.

const HELP_AFTER = 5_000; // ms that the browser may ask the person before we say where to look

/** @typedef {"user" | "environment"} Facing */

/**
 * @typedef {object} Wish
 * @property {Facing} facing
 * @property {string} [deviceId] of one camera; goes before `facing`
 * @property {AbortSignal} signal
 * @property {() => void} onpending the browser is still asking the person
 */

/** Why there is no picture; its `problem` is a key of the texts. */
export class CameraError extends Error {
  /**
   * @param {string} problem
   * @param {unknown} [cause]
   */
  constructor(problem, cause) {
    super(problem, { cause });
    this.problem = problem;
  }
}

/**
 * Open a camera.
 * @param {Wish} wish
 * @returns {Promise<MediaStream>}
 */
export async function openCamera({ facing, deviceId, signal, onpending }) {
  if (navigator.mediaDevices === undefined) throw new CameraError(isSecureContext ? "none" : "insecure");
  const pending = setTimeout(onpending, HELP_AFTER);
  const clear = () => clearTimeout(pending);
  signal.addEventListener("abort", clear, { once: true });
  try {
    const stream = await request(facing, deviceId);
    if (signal.aborted) closeCamera(stream);
    return stream;
  } catch (error) {
    throw new CameraError(problemOf(error), error);
  } finally {
    clear();
  }
}

/** @param {MediaStream | null} stream */
export function closeCamera(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Return the cameras that there are; their labels are empty until one has been allowed. */
export async function listCameras() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind }) => kind === "videoinput");
}

/**
 * Tell whether a camera looks at the person, so that the preview is a mirror. A camera that does not say is a webcam.
 * @param {MediaStream} stream
 */
export function facesPerson(stream) {
  return (stream.getVideoTracks()[0]?.getSettings().facingMode ?? "user") === "user";
}

/**
 * @param {Facing} facing
 * @param {string | undefined} deviceId
 */
async function request(facing, deviceId) {
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  const exact = deviceId === undefined ? { facingMode: { exact: facing } } : { deviceId: { exact: deviceId } };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { ...size, ...exact } });
  } catch (error) {
    if (!(error instanceof OverconstrainedError)) throw error;
    return navigator.mediaDevices.getUserMedia({ video: { ...size, facingMode: { ideal: facing } } });
  }
}

/** @param {unknown} error */
function problemOf(error) {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "none";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "other";
}
