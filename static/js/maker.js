// <song-maker>: sliders beside the number fields, which are the truth. Moving one scales those that are
// not locked, so that the ten stay 67 % to the last millionth; the drawing follows.
const WHOLE = 670_000; // parts per million of the song
const POINT = 10_000;
const words = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const text = (ppm) => String(ppm / POINT);

// Whole parts by largest remainder, as the server divides.
function divide(pool, weights) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const use = total ? weights : weights.map(() => 1);
  const all = total || weights.length;
  const parts = use.map((weight) => Math.floor((pool * weight) / all));
  let left = pool - parts.reduce((sum, part) => sum + part, 0);
  const order = use.map((weight, at) => [-((pool * weight) % all), at]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  for (const [, at] of order) {
    if (left-- <= 0) break;
    parts[at] += 1;
  }
  return parts;
}

class SongMaker extends HTMLElement {
  connectedCallback() {
    const { signal } = (this.life = new AbortController());
    this.rows = [...this.querySelectorAll("[data-row]")].map((row) => ({
      share: row.querySelector("[data-part=share]"),
      slider: row.querySelector("[data-part=slider]"),
      lock: row.querySelector("[data-part=lock]"),
      piece: this.querySelector(`[data-piece="${row.dataset.row}"]`),
    }));
    this.sum = this.querySelector("[data-part=sum]");
    this.dataset.live = "";
    for (const { slider } of this.rows) slider.hidden = false;
    this.addEventListener("input", (event) => this.input(event), { signal });
    this.addEventListener("change", (event) => this.change(event), { signal });
    this.addEventListener("click", (event) => this.click(event), { signal });
    this.show();
  }

  disconnectedCallback() {
    this.life.abort();
  }

  get points() {
    return this.rows.map(({ share }) => Math.round((share.valueAsNumber || 0) * POINT));
  }

  put(points) {
    points.forEach((ppm, at) => (this.rows[at].share.value = text(ppm)));
    this.show();
  }

  input({ target }) {
    const at = this.rows.findIndex(({ slider }) => slider === target);
    if (at >= 0) return this.move(at, Math.round(target.valueAsNumber * POINT));
    if (target.matches("[data-part=share]")) this.show();
  }

  // A number that was typed takes the rest along once it is finished.
  change({ target }) {
    const at = this.rows.findIndex(({ share }) => share === target);
    if (at >= 0 && target.validity.valid) this.move(at, this.points[at]);
  }

  // One row gets what was asked for, as far as the locked ones leave room; the others share the rest.
  move(moved, wanted) {
    const points = this.points;
    const isFree = this.rows.map(({ lock }, at) => at !== moved && !lock.checked);
    const locked = points.reduce((sum, ppm, at) => sum + (at !== moved && !isFree[at] ? ppm : 0), 0);
    const room = WHOLE - locked;
    if (room < 0) return this.show();
    points[moved] = isFree.includes(true) ? Math.max(0, Math.min(wanted, room)) : room;
    const free = points.map((ppm, at) => at).filter((at) => isFree[at]);
    divide(room - points[moved], free.map((at) => points[at])).forEach((ppm, index) => (points[free[index]] = ppm));
    this.put(points);
  }

  click(event) {
    const what = event.target.closest("[data-do]")?.dataset.do;
    if (!what) return;
    event.preventDefault();
    if (what === "surprise") {
      const field = this.querySelector("[name=seed]");
      field.value = crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;
      return field.focus();
    }
    const points = this.points;
    const free = points.map((ppm, at) => at).filter((at) => !this.rows[at].lock.checked);
    const fixed = points.reduce((sum, ppm, at) => sum + (free.includes(at) ? 0 : ppm), 0);
    if (fixed > WHOLE || (!free.length && fixed !== WHOLE)) return this.put(divide(WHOLE, points));
    const weights = free.map((at) => (what === "equal" ? 1 : points[at]));
    divide(WHOLE - fixed, weights).forEach((ppm, index) => (points[free[index]] = ppm));
    this.put(points);
  }

  show() {
    const points = this.points;
    const total = points.reduce((sum, ppm) => sum + ppm, 0);
    const drawn = total === WHOLE ? points : divide(WHOLE, points);
    let at = 0;
    this.rows.forEach(({ slider, piece }, index) => {
      slider.value = points[index] / POINT;
      slider.style.setProperty("--done", `${Math.min(100, (points[index] / POINT / slider.max) * 100)}%`);
      slider.ariaValueText = `${text(points[index])} %`;
      for (const box of piece.children) {
        box.setAttribute("x", `${at / POINT}%`);
        box.setAttribute("width", `${drawn[index] / POINT}%`);
      }
      at += drawn[index];
    });
    const said = total === WHOLE ? "67 %" : words(this.sum.dataset.wordOff, { sum: text(total) });
    if (this.sum.textContent !== said) this.sum.textContent = said;
  }
}

customElements.define("song-maker", SongMaker);
