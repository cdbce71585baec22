// The person's language, and words in it.

/** A BCP 47 tag, such as `fr-CA`. */
export const language = globalThis.navigator?.language || "en";

/**
 * Return what stands under the best key for a language: `fr-CA`, else `fr`, else English, else whatever comes first.
 * @template Words
 * @param {Record<string, Words>} texts
 * @param {string} [tag]
 * @returns {Words}
 */
export function translate(texts, tag = language) {
  const [first] = Object.values(texts);
  const words = texts[tag] ?? texts[tag.split("-", 1)[0] ?? ""] ?? texts.en ?? first;
  if (words === undefined) throw new Error("there is nothing to translate");
  return words;
}

/**
 * Put values in their places: `fill("in {s} s", {s: 4})` is `in 4 s`.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}
