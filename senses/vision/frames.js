// Frames of a video: the newest, scaled down, as JPEG.

const STALE = 1_000; // ms after which a video that shows nothing new, as in a hidden tab, is taken as it is

/**
 * Wait for the newest frame, and return it with the time of its capture, in ms since 1970.
 * @param {HTMLVideoElement} video
 * @param {{width: number, quality: number, signal: AbortSignal}} options
 * @returns {Promise<{captured: number, jpeg: Blob}>}
 */
export async function grabFrame(video, { width, quality, signal }) {
  const captured = await nextFrame(video, signal);
  const scale = Math.min(1, width / video.videoWidth);
  const canvas = new OffscreenCanvas(Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale));
  const picture = canvas.getContext("2d", { alpha: false });
  if (picture === null) throw new Error("the browser has no canvas to draw on");
  picture.drawImage(video, 0, 0, canvas.width, canvas.height);
  return { captured, jpeg: await canvas.convertToBlob({ type: "image/jpeg", quality }) };
}

/**
 * @param {HTMLVideoElement} video
 * @param {AbortSignal} signal
 * @returns {Promise<number>}
 */
function nextFrame(video, signal) {
  return new Promise((resolve, reject) => {
    const request = video.requestVideoFrameCallback((now, { captureTime = now }) => {
      finish();
      resolve(Date.now() - Math.max(0, performance.now() - captureTime));
    });
    const timer = setInterval(() => {
      if (video.videoWidth === 0) return;
      finish();
      resolve(Date.now());
    }, STALE);
    const giveUp = () => {
      finish();
      reject(signal.reason);
    };
    const finish = () => {
      clearInterval(timer);
      video.cancelVideoFrameCallback(request);
      signal.removeEventListener("abort", giveUp);
    };
    signal.addEventListener("abort", giveUp);
  });
}
