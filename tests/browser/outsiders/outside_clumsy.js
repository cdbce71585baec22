// The browser half of a sense that throws, where its settings say.

import { stumble } from "./outside_legs.js";

const button = document.createElement("button");

const ways = {
  handler: () => stumble("handler"),
  timer: () => setTimeout(() => stumble("timer")),
  promise: async () => {
    await null;
    stumble("promise");
  },
  word: () => Promise.resolve().then(() => setTimeout(() => { throw "over a word"; })),
  event: (emit) => emit("push", {}),
};

export function start({ settings: { how }, slot, on, emit, notify, signal }) {
  if (how === "start") stumble("start");
  button.type = "button";
  button.textContent = "Push";
  button.addEventListener("click", () => ways[how](emit), { signal });
  slot("controls").append(button);
  on("push", () => stumble("event"));
  if (how === "notice") notify({ text: "Careful!", action: { label: "Push", run: () => stumble("notice") } });
}

export function stop() {
  button.remove();
}

export function look() {
  stumble("look");
}
