// The browser half of a sense from outside: a button among the controls.

let button = null;

export function start({ slot, send }) {
  button = document.createElement("button");
  button.type = "button";
  button.textContent = "Ring the bell";
  button.onclick = () => send({});
  slot("controls").append(button);
}

export function stop() {
  button?.remove();
  button = null;
}
