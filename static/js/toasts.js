// <toast-list>: the messages of a page. They move to the live region outside #main, where a screen
// reader hears them also after a boosted navigation. Nothing disappears by itself (WCAG 2.2.1).
class ToastList extends HTMLElement {
  connectedCallback() {
    for (const item of this.querySelectorAll(".toast-item")) {
      const region = document.querySelector(`[data-toasts="${item.dataset.live}"]`);
      if (!region) continue;
      const dismiss = item.querySelector("[data-dismiss]");
      dismiss.hidden = false;
      dismiss.addEventListener("click", () => item.remove());
      region.append(item);
    }
    this.remove();
  }
}

// What was said about the page before is old news on the next one.
document.addEventListener("htmx:before:swap", (event) => {
  if (event.detail.ctx.select === "#main") {
    for (const item of document.querySelectorAll("#toasts .toast-item")) item.remove();
  }
});

customElements.define("toast-list", ToastList);
