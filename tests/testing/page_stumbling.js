// The browser half of a sense that cannot start.

export function start() {
  throw new Error("I stumbled");
}

export function stop() {}
