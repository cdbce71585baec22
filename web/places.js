// Where what is perceived goes, in words: of one plugin, and of all that are on. Pure: it knows no element.

/** @import {Place, PluginStatus} from "./wire.js" */

/**
 * @typedef {object} PlaceWords
 * @property {string} stays of a plugin whose place is this machine
 * @property {string} staysAt the same, with the `{place}` on it
 * @property {string} off of one that is switched off: nothing goes to `{place}`
 * @property {string} home `{place}`, in a network of one's own
 * @property {Record<string, string>} goes "Pictures go to {place}", by what goes: `pictures`, `words` or `both`
 * @property {Record<string, string>} also the same, later in a line
 * @property {string} all what the plugin perceives goes to `{place}`
 * @property {string} shut no picture leaves this page
 * @property {Record<string, string>} unnamed what a place without a name is called, by where it is
 */

/** @typedef {(items: string[]) => string} Join writes a list: "a, b and c" */

/**
 * Say where what a plugin perceives goes; nothing of one that perceives nothing.
 * @param {Pick<PluginStatus, "place">} plugin
 * @param {boolean} isOff
 * @param {PlaceWords} words
 */
export function placeOf({ place }, isOff, words) {
  if (!place) return "";
  const { where, name = "", gets = [] } = place;
  if (where === "machine") return name === "" ? words.stays : words.staysAt.replace("{place}", () => name);
  const called = name || (words.unnamed[where] ?? where);
  const target = where === "network" && name !== "" ? words.home.replace("{place}", () => name) : called;
  const text = isOff ? words.off : (words.goes[kindOf(gets)] ?? words.all);
  return text.replace("{place}", () => target);
}

/**
 * Say in one line what goes beyond this machine, and where to; an empty text where all stays on it.
 * @param {PluginStatus[]} plugins
 * @param {Set<string>} off names of those that are switched off
 * @param {boolean} shut whether the eyes are: then no picture goes anywhere
 * @param {PlaceWords} words
 * @param {Join} join
 */
export function outward(plugins, off, shut, words, join) {
  const places = plugins.filter(({ name }) => !off.has(name)).flatMap(({ place }) => (place && place.where !== "machine" ? [place] : []));
  const pictures = shut ? "" : join(names(places, "pictures", words));
  const said = join(names(places, "words", words));
  const parts = shut ? [words.shut] : [];
  /** @param {string} kind @param {string} place */
  const add = (kind, place) => parts.push(((parts.length === 0 ? words.goes : words.also)[kind] ?? "").replace("{place}", () => place));
  if (pictures !== "" && pictures === said) add("both", pictures);
  else {
    if (pictures !== "") add("pictures", pictures);
    if (said !== "") add("words", said);
  }
  return parts.join(" · ");
}

/**
 * @param {Place[]} places
 * @param {"pictures" | "words"} what
 * @param {PlaceWords} words
 */
function names(places, what, words) {
  const getting = places.filter(({ gets = [] }) => gets.length === 0 || gets.includes(what)); // who does not say gets all
  return [...new Set(getting.map(({ name = "", where }) => name || (words.unnamed[where] ?? where)))].sort();
}

/** @param {string[]} gets */
function kindOf(gets) {
  return gets.length > 1 ? "both" : (gets[0] ?? "");
}
