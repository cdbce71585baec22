// Keeps the screen on while the bot is awake. Browsers release the lock whenever the page is hidden.

export class WakeLock {
  #wanted = false;
  /** @type {WakeLockSentinel | null} */
  #lock = null;

  constructor() {
    document.addEventListener("visibilitychange", () => void this.#update());
  }

  /** @param {boolean} wanted */
  set(wanted) {
    this.#wanted = wanted;
    void this.#update();
  }

  async #update() {
    if (!this.#wanted) {
      await this.#lock?.release();
      this.#lock = null;
    } else if (document.visibilityState === "visible" && (this.#lock?.released ?? true)) {
      // Refused on a low battery, for example: then the screen goes dark as always.
      this.#lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
    }
  }
}
