// Short ways to make elements.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element with properties and children.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/**
 * Make a button. One of the class `wish` asks the server for something, and so needs a connection.
 * @param {string} className
 * @param {string} textContent
 * @param {() => void} press called only where the button is not disabled
 */
export function makeButton(className, textContent, press) {
  const made = make("button", { type: "button", className, textContent });
  made.onclick = () => {
    if (made.ariaDisabled !== "true") press();
  };
  return made;
}

/**
 * Make a picture of lines.
 * @param {string} path on a grid of 24 by 24
 */
export function makeIcon(path) {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/**
 * Set an element's text only where it differs, so that a live region is not read again.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Have a list's items be those of some keys, in their order. What stays is the same element, and so keeps focus and picture.
 * @param {HTMLElement} list
 * @param {string[]} keys
 * @param {(key: string) => HTMLElement} makeItem
 */
export function setItems(list, keys, makeItem) {
  const had = new Map([...list.children].map((item) => [/** @type {HTMLElement} */ (item).dataset.key ?? "", item]));
  const wanted = new Set(keys);
  for (const [key, item] of had) if (!wanted.has(key)) item.remove();
  let before = list.firstElementChild;
  for (const key of keys) {
    const item = had.get(key) ?? makeItem(key);
    /** @type {HTMLElement} */ (item).dataset.key = key;
    if (item === before) before = before.nextElementSibling;
    else list.insertBefore(item, before);
  }
}
