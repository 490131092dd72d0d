// What a boosted navigation leaves undone: focus, the current link, a changed person, foreign pages.
const main = () => document.getElementById("main");

// A page without #main (the admin, a debugger, a proxy that finds nobody) cannot be swapped in: go
// there instead. What itself answers a form cannot be asked for by its address; it is shown as it came.
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  const task = tasks.find(({ type }) => type === "main");
  if (!ctx.select || ctx.select !== "#main" || task?.fragment.childElementCount) return;
  event.preventDefault();
  if (ctx.request?.method === "POST" && !ctx.response.raw.redirected) {
    const answer = new DOMParser().parseFromString(ctx.text, "text/html");
    document.documentElement.replaceWith(answer.documentElement);
  } else location.assign(ctx.response?.raw.url ?? location.href);
});

document.addEventListener("htmx:after:settle", (event) => {
  if (event.detail.task.type !== "main" || !event.target.matches?.("#main")) return;
  // Somebody logged in or out behind this page: token and frame belong to another person now.
  const { person } = main().dataset;
  if (person !== undefined && person !== document.body.dataset.person) return location.reload();
  markCurrent();
  main().focus({ preventScroll: true }); // a screen reader goes on at the new page's beginning
});

function markCurrent() {
  for (const link of document.querySelectorAll("#chrome nav a")) {
    const path = new URL(link.href).pathname;
    if (location.pathname.startsWith(path)) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

// <button command="show-modal" commandfor="…"> for browsers that do not know invoker commands yet.
if (!("commandForElement" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[commandfor]");
    const dialog = button && document.getElementById(button.getAttribute("commandfor"));
    if (button?.getAttribute("command") === "show-modal") dialog?.showModal();
    if (button?.getAttribute("command") === "close") dialog?.close();
  });
}

// A click beside a modal dialog closes it.
document.addEventListener("click", (event) => {
  if (event.target.matches?.("dialog.dialog[open]")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right
      && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside && event.detail > 0) event.target.close();
  }
});
