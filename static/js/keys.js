// Single keys for the player. They ignore fields, modifiers and open dialogs, and can be switched off
// (WCAG 2.1.4): the list of shortcuts has the switch, and a button opens it without a key.
import { player } from "tenfold/player";

const SETTING = "tenfold.single-keys";
const FIELDS = "input, select, textarea, [contenteditable], [role='slider'], [role='listbox']";
const CONTROLS = `${FIELDS}, a, button, summary, audio`;
const RUN = {
  k: () => player().toggle(),
  j: () => player().skip(-10),
  l: () => player().skip(10),
  ArrowLeft: () => player().skip(-5),
  ArrowRight: () => player().skip(5),
};
export const areOn = () => localStorage.getItem(SETTING) !== "off";
const list = () => document.getElementById("shortcuts");

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !areOn()) return;
  if (event.target.closest(FIELDS) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") {
    event.preventDefault();
    return list().showModal();
  }
  const isSpace = event.key === " " && !event.target.closest(CONTROLS);
  const run = isSpace ? RUN.k : RUN[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!run || event.shiftKey || !player().isLoaded) return;
  event.preventDefault();
  run();
});

const choice = list()?.querySelector("[data-single-keys]");
if (choice) {
  choice.checked = areOn();
  choice.addEventListener("change", () => localStorage.setItem(SETTING, choice.checked ? "on" : "off"));
}
