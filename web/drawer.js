// The drawer: where modules put a dialog that lies over the conversation. What it hides does not take the focus.

export class Drawer {
  /**
   * @param {HTMLElement} place of the dialogs
   * @param {HTMLElement} log that an open one hides; screen readers go on reading what is new in it
   */
  constructor(place, log) {
    const update = () => (log.tabIndex = place.querySelector("dialog[open]") === null ? 0 : -1);
    place.addEventListener("toggle", update, { capture: true }); // it does not bubble
    new MutationObserver(update).observe(place, { childList: true });
  }
}
