// The browser half of an actuator: paints the border of the page.

export function start() {}

export function stop() {
  document.body.style.borderColor = "";
}

export function carry({ colour }) {
  document.body.style.borderColor = colour;
}
