// Whose code an uncaught error comes from: the addresses in its stack tell. Pure.

const FRAME = /^\s*at |@/; // a line of a stack, as Chrome and as others write it
const ADDRESS = /https?:\/\/[^\s()]+?(?=(?::\d+){0,2}\)?$)/;
const FOLDER = /^\/modules\/[^/]+\//;

/** @typedef {{error: unknown, filename?: string}} Trouble what a browser says of an uncaught error */

/**
 * Return the suspect whose module, or a file beside it, stands innermost in the stack of an error.
 * @template {{url: string}} Suspect
 * @param {Trouble} trouble
 * @param {Iterable<Suspect>} suspects
 * @returns {Suspect | undefined}
 */
export function culprit({ error, filename = "" }, suspects) {
  const known = [...suspects];
  for (const path of [...stackOf(error), filename].map(pathOf)) {
    const found = known.find(({ url }) => path === url || isBeside(path, url));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @param {unknown} error */
function stackOf(error) {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames = stack.split("\n").filter((line) => FRAME.test(line));
  return frames.map((line) => ADDRESS.exec(line)?.[0] ?? "");
}

/** @param {string} address */
function pathOf(address) {
  return URL.canParse(address) ? new URL(address).pathname : "";
}

/**
 * Tell whether a path is in the folder of a module; the page's own modules share theirs with the page.
 * @param {string} path
 * @param {string} url of the module
 */
function isBeside(path, url) {
  const folder = FOLDER.exec(url)?.[0];
  return folder !== undefined && path.startsWith(folder);
}
