// <influence-view>: the drawn ledger of a song as a slider over its bars. Hover, touch or arrow keys
// choose a bar; the reading beside it says whom that bar owes. While the song plays, the bar that
// sounds is read. All of it also stands in the page's tables.
import { player } from "tenfold/player";

const words = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const READ_ALOUD = 4; // a screen reader hears the largest few, the rest as one number

class InfluenceView extends HTMLElement {
  connectedCallback() {
    const life = (this.life = new AbortController());
    const { signal } = life;
    this.facts = JSON.parse(document.getElementById(this.dataset.drawing).textContent);
    this.field = this.querySelector("[data-part=field]");
    this.cursor = this.querySelector("[data-part=cursor]");
    this.frame = this.querySelector("[data-part=frame]");
    this.reading = this.querySelector("[data-part=reading]");
    this.heading = this.querySelector("[data-part=bar]");
    this.rows = [...this.querySelectorAll("[data-part=share]")];
    this.why = this.querySelector("[data-part=why]");
    this.playing = this.querySelector("[data-part=play]");
    Object.assign(this.field, { role: "slider", tabIndex: 0, ariaLabel: this.dataset.wordLabel });
    this.field.removeAttribute("aria-hidden");
    this.field.ariaValueMin = "1";
    this.field.ariaValueMax = String(this.facts.bars.length);
    this.reading.hidden = false;
    this.chosen = 0;
    this.field.addEventListener("keydown", (event) => this.key(event), { signal });
    this.field.addEventListener("pointermove", (event) => this.hover(event), { signal });
    this.field.addEventListener("pointerleave", () => this.leave(), { signal });
    this.field.addEventListener("click", (event) => this.take(this.barUnder(event), { seek: true }), { signal });
    this.addEventListener("click", (event) => this.step(event), { signal });
    player().addEventListener("position", () => this.follow(), { signal });
    this.take(this.barAt(this.now), { quiet: true });
  }

  disconnectedCallback() {
    this.life?.abort();
  }

  // ---------------------------------------------------------------- where

  get isMine() {
    return player().track === this.dataset.track;
  }

  get now() {
    return this.isMine ? player().audio.currentTime : 0;
  }

  barAt(seconds) {
    const at = this.facts.bars.findIndex(([, end]) => seconds < end);
    return at < 0 ? this.facts.bars.length - 1 : at;
  }

  barUnder(event) {
    const { left, width } = this.field.getBoundingClientRect();
    return this.barAt(((event.clientX - left) / width) * this.facts.seconds);
  }

  section(bar) {
    return this.facts.sections.findIndex(([first, last]) => first <= bar + 1 && bar + 1 <= last);
  }

  // ---------------------------------------------------------------- choosing

  take(bar, { seek = false, quiet = false } = {}) {
    this.chosen = Math.max(0, Math.min(this.facts.bars.length - 1, bar));
    this.show(this.chosen, { scroll: !quiet });
    if (seek && this.isMine) player().seek(this.facts.bars[this.chosen][0]);
  }

  hover(event) {
    if (event.pointerType !== "mouse") return;
    this.isHovered = true;
    this.show(this.barUnder(event));
  }

  leave() {
    this.isHovered = false;
    this.show(this.chosen);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { sections, bars } = this.facts;
    const here = this.section(this.chosen);
    const goal = {
      ArrowRight: () => this.chosen + 1,
      ArrowUp: () => this.chosen + 1,
      ArrowLeft: () => this.chosen - 1,
      ArrowDown: () => this.chosen - 1,
      Home: () => 0,
      End: () => bars.length - 1,
      PageDown: () => sections[Math.min(here + 1, sections.length - 1)][0] - 1,
      PageUp: () => sections[Math.max(here - (sections[here][0] - 1 === this.chosen ? 1 : 0), 0)][0] - 1,
    }[event.key];
    const isPlay = event.key === "Enter" || event.key === " ";
    if (!goal && !isPlay) return;
    event.preventDefault();
    event.stopPropagation(); // the page's own arrow keys would move the player as well
    if (isPlay) this.play();
    else this.take(goal(), { seek: true });
  }

  step(event) {
    const button = event.target.closest("button[data-step]");
    if (button) this.take(this.chosen + Number(button.dataset.step), { seek: true });
    if (event.target.closest("[data-part=play]")) this.play();
  }

  play() {
    const { source, ...named } = this.dataset;
    player().play(source, named, this.facts.bars[this.chosen][0]);
  }

  follow() {
    if (!this.isMine || player().audio.paused) return;
    const bar = this.barAt(this.now);
    if (bar === this.chosen) return;
    this.chosen = bar;
    if (!this.isHovered) this.show(bar, { scroll: true });
  }

  // ---------------------------------------------------------------- showing

  show(bar, { scroll = false } = {}) {
    const [start, end, percents] = this.facts.bars[bar];
    const name = this.facts.sections[this.section(bar)][2];
    const { seconds } = this.facts;
    this.cursor.style.insetInlineStart = `${(start / seconds) * 100}%`;
    this.cursor.style.inlineSize = `${((end - start) / seconds) * 100}%`;
    const place = words(this.dataset.wordBar, { bar: bar + 1, section: name });
    this.heading.textContent = place;
    this.playing.querySelector("span").textContent = words(this.dataset.wordPlay, { bar: bar + 1 });
    this.rows.forEach((row, at) => {
      const share = percents[at];
      row.querySelector("[data-part=percent]").textContent = `${share} %`;
      row.querySelector("[data-part=bar-of]").style.inlineSize = `${share}%`;
      row.toggleAttribute("data-none", share === 0);
    });
    this.explain(bar);
    this.field.ariaValueNow = String(bar + 1);
    this.field.ariaValueText = `${place}: ${this.sentence(percents)}`;
    if (scroll) this.reveal(start / seconds, end / seconds);
  }

  // For each layer of the bar what it took, from which bars of which source.
  explain(bar) {
    if (!this.why) return;
    const { layers, takes, bars } = this.facts.why;
    if (this.explained === bars[bar]) return;
    this.explained = bars[bar];
    const make = (name, kind, text = "") => Object.assign(document.createElement(name), { className: kind, textContent: text });
    const groups = new Map();
    for (const [layer, take, percent] of bars[bar]) {
      const [what, tone, number, source] = takes[take];
      const part = make("dd", `why-part source-${tone}`);
      const chip = make("span", number < 0 ? "why-all" : "source-number", number > 0 ? String(number) : "·");
      chip.ariaHidden = "true";
      const said = make("span", "why-words", `${what}, `);
      said.append(make("em", "why-source", source));
      part.append(chip, said, make("span", "why-percent figure", `${percent} %`));
      if (!groups.has(layer)) groups.set(layer, [make("dt", "why-layer", layers[layer])]);
      groups.get(layer).push(part);
    }
    this.why.replaceChildren(
      ...[...groups.values()].map((parts) => {
        const group = make("div", "why-group");
        group.append(...parts);
        return group;
      }),
    );
  }

  // "41 % Sugar Plum, 22 % Vibe Ace, 4 % others, 33 % base catalogue"
  sentence(percents) {
    const of = (share, name) => words(this.dataset.wordShare, { share, name });
    const songs = percents
      .map((share, at) => [share, this.facts.sources[at]])
      .filter(([share, [number]]) => share && number)
      .sort(([a], [b]) => b - a);
    const named = songs.slice(0, READ_ALOUD).map(([share, [, name]]) => of(share, name));
    const rest = songs.slice(READ_ALOUD).reduce((sum, [share]) => sum + share, 0);
    if (rest) named.push(of(rest, this.dataset.wordOthers));
    this.facts.sources.forEach(([number, name], at) => {
      if (!number && percents[at]) named.push(of(percents[at], name));
    });
    return named.join(", ");
  }

  // Where the drawing is wider than its frame, the chosen bar stays in sight.
  reveal(from, to) {
    const { scrollWidth, clientWidth, scrollLeft } = this.frame;
    if (scrollWidth <= clientWidth) return;
    const isSeen = from * scrollWidth > scrollLeft + 24 && to * scrollWidth < scrollLeft + clientWidth - 24;
    if (!isSeen) this.frame.scrollLeft = from * scrollWidth - clientWidth / 3;
  }
}

customElements.define("influence-view", InfluenceView);
