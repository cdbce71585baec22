// A stand-in for the browser's speech recognition, which has no service behind it in a test: the same methods, events,
// errors and order as Chrome's. The test says what is heard: `ears.interim("what do")`, `ears.final("what do you see")`.

(() => {
  /** The recogniser that runs. */
  let current = null;
  let waiting = [];
  const later = (step) => setTimeout(step, 0); // events never come while the page's own call is still running

  class SpeechRecognition extends EventTarget {
    lang = "";
    continuous = false;
    interimResults = false;
    maxAlternatives = 1;
    #started = false;
    #results = [];

    start() {
      if (this.#started) throw new DOMException("recognition has already started.", "InvalidStateError");
      if (current !== null) throw new Error("the page runs two recognisers at once, which abort each other in Chrome");
      this.#started = true;
      this.#results = [];
      current = this;
      ears.starts += 1;
      later(() => {
        if (current !== this) return;
        this.fire("start");
        this.fire("audiostart");
        for (const resolve of waiting.splice(0)) resolve(ears.starts);
      });
    }

    stop() {
      if (this.#started) later(() => this.finish());
    }

    abort() {
      if (!this.#started) return;
      later(() => {
        if (!this.#started) return;
        this.fire("error", { error: "aborted", message: "" });
        this.finish();
      });
    }

    finish() {
      if (!this.#started) return;
      this.#started = false;
      if (current === this) current = null;
      this.fire("audioend");
      this.fire("end");
    }

    result(transcript, isFinal, confidence) {
      if (!isFinal && !this.interimResults) return;
      const open = this.#results.findIndex((result) => !result.isFinal);
      const index = open === -1 ? this.#results.length : open;
      this.#results[index] = Object.assign([{ transcript, confidence }], { isFinal });
      this.fire("result", { resultIndex: index, results: [...this.#results] });
      if (isFinal && !this.continuous) later(() => this.finish());
    }

    fire(type, fields = {}) {
      const event = Object.assign(new Event(type), fields);
      this.dispatchEvent(event);
      this[`on${type}`]?.(event);
    }
  }

  const ears = {
    /** How often recognition was started. */
    starts: 0,
    get open() {
      return current !== null;
    },
    get lang() {
      return current?.lang;
    },
    /** Resolves once recognition has been started so many times, and runs. */
    async listening(starts = 1) {
      while (current === null || ears.starts < starts) await new Promise((resolve) => waiting.push(resolve));
    },
    interim: (text) => current.result(text, false, 0),
    final: (text, confidence = 0.9) => current.result(text, true, confidence),
    error(error) {
      const run = current;
      run.fire("error", { error, message: "" });
      run.finish();
    },
    end: () => current.finish(),
  };
  Object.assign(window, { SpeechRecognition, webkitSpeechRecognition: SpeechRecognition, ears });
})();
