// A button that sends bytes whenever it is pressed, and says whether they went out.

const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Leak" });

export function start({ slot, send, signal }) {
  button.addEventListener("click", () => (button.dataset.sent = String(send({}, new Uint8Array(9)) !== null)), { signal });
  slot("controls").append(button);
}

export function stop() {
  button.remove();
}
