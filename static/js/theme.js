// Changes the theme in place, so that what plays goes on; the form does the same without JavaScript.
const root = document.documentElement;

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-theme-switch]");
  if (!form) return;
  event.preventDefault();
  const chosen = event.submitter?.value ?? "system";
  const sent = new URLSearchParams(new FormData(form, event.submitter));
  if (chosen === "system") delete root.dataset.theme;
  else root.dataset.theme = `tenfold-${chosen}`;
  for (const button of document.querySelectorAll("[data-theme-switch] button")) {
    button.ariaPressed = String(button.value === chosen);
  }
  // Canvases (waveforms, charts) take their colours from the tokens and are drawn again.
  document.dispatchEvent(new CustomEvent("tenfold:theme"));
  await fetch(form.action, { method: "POST", body: sent, redirect: "manual" });
});
