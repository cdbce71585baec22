// Reading, in the browser: a text box. It needs no permission, and works while the bot is asleep.

/** @import {Context} from "../../web/context.js" */

const LONGEST = 10_000; // characters, as the server has it

const TEXTS = {
  en: { label: "Say something", send: "Send", unsent: "Not sent: the server is gone. Send it again when it is back." },
  fr: { label: "Dites quelque chose", send: "Envoyer", unsent: "Pas envoyé : le serveur ne répond plus. Renvoyez-le quand il sera là." },
};

/** @type {HTMLFormElement | null} */
let form = null;

/** @param {Context} context */
export function start({ language, slot, send, emit, notify, on, translate }) {
  const words = translate(TEXTS);
  const box = Object.assign(document.createElement("input"), {
    type: "text",
    name: "text",
    autocomplete: "off",
    enterKeyHint: "send",
    maxLength: LONGEST,
    placeholder: `${words.label}…`,
    ariaLabel: words.label,
  });
  const button = Object.assign(document.createElement("button"), { type: "submit", ariaLabel: words.send });
  button.textContent = "↑";
  form = document.createElement("form");
  form.append(box, button);
  slot("composer").append(form);

  let dismiss = () => {};
  form.onsubmit = (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (text === "") return;
    const id = send({ text, language });
    dismiss();
    if (id === null) {
      dismiss = notify(words.unsent);
      return;
    }
    emit("sentence", { id, text, language });
    box.value = "";
  };
  on("type", () => {
    // Not while the person is in another field, nor on a phone, where it would bring up the keyboard.
    const busy = document.activeElement?.matches("input, select, textarea") ?? false;
    if (!busy && matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true });
  });
}

export function stop() {
  form?.remove();
  form = null;
}
