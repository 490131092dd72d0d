// <song-set>: drags songs to another place, adds the weights up while they are typed, keeps the focus.
// <song-picker>: counts what is ticked, and goes through the list by arrow keys.
// Without them every button and field works by itself.
const words = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

class SongSet extends HTMLElement {
  connectedCallback() {
    this.life = new AbortController();
    const { signal } = this.life;
    this.addEventListener("input", (event) => event.target.matches("[data-weight]") && this.sum(), { signal });
    this.addEventListener("pointerdown", (event) => this.arm(event), { signal });
    this.addEventListener("dragstart", (event) => this.start(event), { signal });
    this.addEventListener("dragover", (event) => this.over(event), { signal });
    this.addEventListener("drop", (event) => this.drop(event), { signal });
    this.addEventListener("dragend", () => this.end(), { signal });
    this.addEventListener("click", (event) => event.target.closest("[aria-disabled=true]") && event.preventDefault(), { signal });
    // A browser that moves a node by taking it out and putting it in loses the focus on it.
    document.addEventListener("htmx:before:swap", () => (this.focused = this.contains(document.activeElement) ? document.activeElement.id : ""), { signal });
    document.addEventListener("htmx:after:settle", () => this.settle(), { signal });
  }

  disconnectedCallback() {
    this.life.abort();
  }

  settle() {
    if (this.focused && document.activeElement === document.body) document.getElementById(this.focused)?.focus({ preventScroll: true });
    if (this.querySelector("[data-weight]")) this.sum();
  }

  // ---------------------------------------------------------------- weights

  sum() {
    const out = this.querySelector("[data-part=sum]");
    const fields = [...this.querySelectorAll("[data-weight]")];
    if (!out || !fields.length) return;
    const total = fields.reduce((sum, field) => sum + Math.round((field.valueAsNumber || 0) * 1e4), 0) / 1e4;
    const text = total === 100 ? "100 %" : words(out.dataset.wordOff, { sum: total });
    if (out.textContent !== text) out.textContent = text;
  }

  // ---------------------------------------------------------------- dragging

  // A row can be dragged by its grip only, so that its text can still be selected.
  arm(event) {
    const row = event.target.closest("[data-grip]")?.closest("[data-entry]");
    for (const other of this.querySelectorAll("[data-entry][draggable]")) other.removeAttribute("draggable");
    if (row) row.draggable = true;
  }

  start(event) {
    this.dragged = event.target.closest?.("[data-entry]");
    if (!this.dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", this.dragged.dataset.entry);
    this.before = this.order();
    this.dragged.toggleAttribute("data-dragged", true);
  }

  over(event) {
    const row = this.dragged && event.target.closest?.("[data-entry]");
    if (!this.dragged) return;
    event.preventDefault();
    if (!row || row === this.dragged) return;
    const { top, height } = row.getBoundingClientRect();
    row[event.clientY < top + height / 2 ? "before" : "after"](this.dragged);
  }

  drop(event) {
    if (!this.dragged) return;
    event.preventDefault();
    const order = this.order();
    if (order === this.before) return;
    this.before = order;
    const form = document.getElementById("set-act");
    window.htmx.ajax("POST", form.getAttribute("action"), { source: form, target: "#set", swap: "outerMorph", push: "false", values: { order } });
  }

  end() {
    if (!this.dragged) return;
    this.dragged.removeAttribute("data-dragged");
    this.dragged.removeAttribute("draggable");
    // Dropped beside the list: everything goes back.
    if (this.order() !== this.before) this.restore();
    this.dragged = undefined;
  }

  restore() {
    const rows = this.before.split(",").map((id) => this.querySelector(`[data-entry="${id}"]`));
    this.querySelector("#songs").prepend(...rows);
  }

  order() {
    return [...this.querySelectorAll("[data-entry]")].map((row) => row.dataset.entry).join(",");
  }
}

class SongPicker extends HTMLElement {
  connectedCallback() {
    this.life = new AbortController();
    const { signal } = this.life;
    this.dataset.live = "";
    this.addEventListener("change", () => this.count(), { signal });
    this.addEventListener("keydown", (event) => this.key(event), { signal });
    document.addEventListener("htmx:after:settle", () => this.count(), { signal });
    this.count();
  }

  disconnectedCallback() {
    this.life.abort();
  }

  get boxes() {
    return [...this.querySelectorAll("input[name=track][type=checkbox]")];
  }

  count() {
    const { boxes } = this;
    if (!boxes.length) return;
    const free = Number(this.dataset.free);
    const chosen = boxes.filter((box) => box.checked).length;
    for (const box of boxes) box.disabled = chosen >= free && !box.checked;
    const text = words(this.dataset.wordCount, { chosen, free }) + (chosen >= free ? `. ${this.dataset.wordFull}` : "");
    const line = this.querySelector("[data-part=count]");
    if (line.textContent !== text) line.textContent = text;
  }

  // Down from the search into the list, up and down in it; radio buttons do so by themselves.
  key(event) {
    if (event.target.type === "search" && event.key === "Enter") return event.preventDefault();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches("input[type=search], input[type=checkbox]")) return;
    const boxes = this.boxes.filter((box) => !box.disabled);
    const at = boxes.indexOf(event.target);
    const next = at + step < 0 ? this.querySelector("input[type=search]") : boxes[at + step];
    if (!next || (at < 0 && step < 0)) return;
    event.preventDefault();
    next.focus();
  }
}

customElements.define("song-set", SongSet);
customElements.define("song-picker", SongPicker);
