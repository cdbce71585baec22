// Which of the browser's voices speaks a language.

const PATIENCE = 2_000; // ms that the list of voices may take; on some systems it never comes

/**
 * Return the best voice for a language: its exact tag, else its language; of those one that is on this machine.
 * @template {Pick<SpeechSynthesisVoice, "lang" | "localService" | "default">} Voice
 * @param {Voice[]} voices
 * @param {string} language a BCP 47 tag
 * @returns {Voice | null}
 */
export function pickVoice(voices, language) {
  const tag = normal(language);
  const fitting = voices.filter((voice) => primary(voice.lang) === primary(language));
  /** @param {Voice} voice */
  const worth = (voice) => Number(normal(voice.lang) === tag) * 4 + Number(voice.localService) * 2 + Number(voice.default);
  return fitting.sort((one, other) => worth(other) - worth(one))[0] ?? null;
}

/**
 * Wait until the browser has its list of voices, but not for ever.
 * @param {SpeechSynthesis} synthesis
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export function voicesReady(synthesis, signal) {
  if (signal.aborted || synthesis.getVoices().length > 0) return Promise.resolve();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
  return new Promise((resolve) => {
    synthesis.addEventListener("voiceschanged", () => resolve(), { once: true, signal: limit });
    limit.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** @param {string} language */
function normal(language) {
  return language.replaceAll("_", "-").toLowerCase();
}

/** @param {string} language */
function primary(language) {
  return normal(language).split("-", 1)[0];
}
