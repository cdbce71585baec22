// Cuts a text into pieces that a browser's voice says to the end: Chrome falls silent in the middle of a long one.

const LONGEST = 36; // words
const SENTENCE_END = /(?<=[.!?…](?:\s?["'”’»)])*)\s+(?![”’»)])|(?<=[。！？])|\n+/u;
const CLAUSE_END = /(?<=[,;:—，；：])\s+/u;

/**
 * Split a text into sentences, and one that is longer than a breath at its commas, or else between words.
 * @param {string} text
 * @param {number} [longest] how many words a piece may have
 * @returns {string[]}
 */
export function split(text, longest = LONGEST) {
  return text.split(SENTENCE_END).flatMap((sentence) => shorten(sentence.trim(), longest)).filter(Boolean);
}

/** @param {string} text */
export function countWords(text) {
  return text.split(/\s+/u).filter(Boolean).length;
}

/**
 * @param {string} sentence
 * @param {number} longest
 */
function shorten(sentence, longest) {
  if (countWords(sentence) <= longest) return [sentence];
  const clauses = sentence.split(CLAUSE_END).flatMap((clause) => chop(clause, longest));
  return clauses.reduce((pieces, clause) => {
    const last = pieces.at(-1);
    const joined = last === undefined ? clause : `${last} ${clause}`;
    if (last === undefined || countWords(joined) > longest) pieces.push(clause);
    else pieces[pieces.length - 1] = joined;
    return pieces;
  }, /** @type {string[]} */ ([]));
}

/**
 * @param {string} clause
 * @param {number} longest
 */
function chop(clause, longest) {
  const words = clause.split(/\s+/u);
  const pieces = [];
  for (let at = 0; at < words.length; at += longest) pieces.push(words.slice(at, at + longest).join(" "));
  return pieces;
}
