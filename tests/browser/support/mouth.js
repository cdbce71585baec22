// A stand-in for the browser's speech synthesis, since headless Chromium has no voices: it records what it is asked to say,
// and tells `start` and `end` as Chrome does. `mouth.hold()` makes each utterance last until `mouth.finish()`.

(() => {
  const later = (step) => setTimeout(step, 0);
  const queue = [];
  let current = null;
  let held = false;
  let listed = false;
  let waiting = [];

  class SpeechSynthesisUtterance extends EventTarget {
    lang = "";
    voice = null;
    rate = 1;
    pitch = 1;
    volume = 1;

    constructor(text = "") {
      super();
      this.text = text;
    }

    fire(type, fields = {}) {
      const event = Object.assign(new Event(type), { utterance: this, elapsedTime: 0, charIndex: 0, ...fields });
      this.dispatchEvent(event);
      this[`on${type}`]?.(event);
    }
  }

  class SpeechSynthesis extends EventTarget {
    onvoiceschanged = null;

    get speaking() {
      return current !== null || queue.length > 0;
    }

    get pending() {
      return queue.length > 0;
    }

    get paused() {
      return false;
    }

    getVoices() {
      if (listed) return [...voices];
      later(() => {
        listed = true;
        this.dispatchEvent(new Event("voiceschanged"));
      });
      return []; // as Chrome does the first time
    }

    speak(utterance) {
      const { text, lang, voice } = utterance;
      if (!navigator.userActivation.hasBeenActive) return later(() => utterance.fire("error", { error: "not-allowed" }));
      mouth.spoken.push({ text, lang, voice: voice?.name ?? null });
      queue.push(utterance);
      for (const resolve of waiting.splice(0)) resolve();
      advance();
    }

    cancel() {
      const cut = [...queue.splice(0).map((utterance) => [utterance, "canceled"])];
      if (current !== null) cut.unshift([current, "interrupted"]);
      current = null;
      if (cut.length > 0) mouth.cuts += 1;
      later(() => cut.forEach(([utterance, error]) => utterance.fire("error", { error })));
    }

    pause() {}

    resume() {}
  }

  const voices = [
    { name: "English voice", lang: "en-US", localService: true, default: true, voiceURI: "en" },
    { name: "French voice", lang: "fr-FR", localService: true, default: false, voiceURI: "fr" },
  ];

  function advance() {
    if (current !== null) return;
    const utterance = (current = queue.shift() ?? null);
    if (utterance === null) return;
    later(() => {
      if (current !== utterance) return;
      utterance.fire("start");
      if (!held) later(() => current === utterance && finish());
    });
  }

  function finish() {
    const utterance = current;
    current = null;
    utterance?.fire("end");
    advance();
  }

  const mouth = {
    /** Everything that it was asked to say, in order. */
    spoken: [],
    /** How often it was cut off while it had something to say. */
    cuts: 0,
    get speaking() {
      return synthesis.speaking;
    },
    hold: () => (held = true),
    finish,
    /** Resolves once it was asked to say something with these words in it. */
    async said(words) {
      while (!mouth.spoken.some(({ text }) => text.includes(words))) await new Promise((resolve) => waiting.push(resolve));
    },
  };
  const synthesis = new SpeechSynthesis();
  Object.defineProperty(window, "speechSynthesis", { value: synthesis, configurable: true });
  Object.assign(window, { SpeechSynthesisUtterance, mouth });
})();
