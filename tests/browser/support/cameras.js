// Keeps every camera stream that the page is given, so that a test can see whether it was let go of, or unplug the camera.

(() => {
  const streams = [];
  const devices = navigator.mediaDevices;
  if (devices === undefined) return;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wish) => {
    const stream = await open(wish);
    streams.push(stream);
    return stream;
  };
  const live = () => streams.flatMap((stream) => stream.getTracks()).filter((track) => track.readyState === "live");
  window.cameras = {
    /** How many tracks the page holds. */
    get held() {
      return live().length;
    },
    /** The id of the camera that was opened last. */
    get id() {
      return live().at(-1)?.getSettings().deviceId;
    },
    /** As if the cable had been pulled: the track ends without the page's doing. */
    unplug: () => live().forEach((track) => (track.stop(), track.dispatchEvent(new Event("ended")))),
  };
})();
