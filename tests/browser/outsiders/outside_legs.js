// A file beside the module, of which the page knows nothing.

export function stumble(how) {
  throw new Error(`it stumbled in a ${how}`);
}
