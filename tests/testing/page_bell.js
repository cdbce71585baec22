// The browser half of a sense: a button that says how often it was pressed.

let button = null;

export function start({ slot, send }) {
  let times = 0;
  button = document.createElement("button");
  button.type = "button";
  button.textContent = "Ring";
  button.onclick = () => send({ times: (times += 1) });
  slot("controls").append(button);
}

export function stop() {
  button?.remove();
  button = null;
}
