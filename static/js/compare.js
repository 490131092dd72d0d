// <ab-compare>: two versions, equally loud, on one clock. A switch goes on at the same place: at the
// same point of the same bar, so that another tempo changes nothing about where one is.
import { clock } from "tenfold/clock";
import { areOn } from "tenfold/keys";
import { canMix, decode, openContext, Reel, shareTheEar, silencePlayer } from "tenfold/sound";

const words = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const CONTROLS = "button, a, input, select, textarea, summary";

class AbCompare extends HTMLElement {
  connectedCallback() {
    const { signal } = (this.life = new AbortController());
    const part = (name) => this.querySelector(`[data-part="${name}"]`);
    this.parts = Object.fromEntries(["bar", "toggle", "toggle-word", "seek", "elapsed", "total", "state"].map((name) => [name, part(name)]));
    this.sides = JSON.parse(document.getElementById(this.dataset.drawing).textContent).sides;
    this.buttons = [...this.querySelectorAll("[data-side]")];
    this.heard = 0;
    this.at = 0;
    if (!canMix()) return this.say(this.dataset.wordNone);
    this.parts.bar.hidden = false;
    this.addEventListener("click", (event) => this.click(event), { signal });
    this.parts.seek.addEventListener("input", () => this.seek(Number(this.parts.seek.value)), { signal });
    document.addEventListener("keydown", (event) => this.key(event), { signal, capture: true });
    this.say(this.dataset.wordIdle);
    shareTheEar(() => this.pause(), () => this.isRunning, signal);
    this.show();
  }

  disconnectedCallback() {
    this.life.abort();
    cancelAnimationFrame(this.frame);
    this.reels?.forEach((reel) => reel.free());
    this.context?.close();
    this.reels = this.context = undefined;
  }

  get side() {
    return this.sides[this.heard];
  }

  get reel() {
    return this.reels?.[this.heard];
  }

  get isRunning() {
    return Boolean(this.reel?.isRunning);
  }

  async play() {
    if (this.isLoading) return;
    try {
      this.isLoading = true;
      if (!this.reels) {
        this.say(this.dataset.wordLoading);
        this.context = openContext();
        const { signal } = this.life;
        const buffers = await Promise.all(this.sides.map(({ url }) => decode(this.context, url, signal)));
        this.reels = buffers.map((buffer) => new Reel(this.context, [buffer]));
        this.say(this.dataset.wordReady);
      }
      await this.context.resume();
      silencePlayer();
      this.begin(this.at >= this.side.seconds - 0.2 ? 0 : this.at);
    } catch (error) {
      if (error.name !== "AbortError") this.say(this.dataset.wordFailed);
    } finally {
      this.isLoading = false;
      this.show();
    }
  }

  begin(at) {
    this.reel.level(0, 10 ** (this.side.gain / 20));
    this.reel.start(at);
    this.follow();
  }

  pause() {
    if (this.isRunning) this.at = this.reel.now;
    this.reel?.stop();
    this.show();
  }

  // The old one ends in the moment in which the new one begins.
  hear(side) {
    if (side === this.heard) return;
    const from = this.side;
    const wasRunning = this.isRunning;
    const now = wasRunning ? this.reel.now : this.at;
    this.reel?.stop();
    this.heard = side;
    this.at = sameplace(now, from, this.side);
    if (wasRunning) this.begin(this.at);
    this.show();
  }

  seek(at) {
    this.at = at;
    if (this.isRunning) this.begin(at);
    this.show();
  }

  follow() {
    cancelAnimationFrame(this.frame);
    if (!this.isRunning) return;
    this.at = this.reel.now;
    if (this.at >= this.reel.seconds - 0.01) this.pause();
    this.show();
    this.frame = requestAnimationFrame(() => this.follow());
  }

  click({ target }) {
    if (target.closest("[data-part=toggle]")) return this.isRunning ? this.pause() : this.play();
    const button = target.closest("[data-side]");
    if (button) this.hear(Number(button.dataset.side));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !areOn()) return;
    if (event.target.closest("input, select, textarea, [role=slider]")) return;
    const side = { a: 0, b: 1 }[event.key.toLowerCase()];
    if (side !== undefined) this.hear(side);
    else if (event.key === " " && !event.target.closest(CONTROLS)) this.isRunning ? this.pause() : this.play();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  say(text) {
    this.parts.state.textContent = text;
  }

  show() {
    const { parts, dataset, at, side } = this;
    this.buttons.forEach((button, index) => (button.ariaPressed = String(index === this.heard)));
    const bar = barAt(at, side);
    const section = side.sections.find(([first, last]) => first <= bar + 1 && bar + 1 <= last)?.[2] ?? "";
    parts.seek.max = side.seconds;
    parts.seek.value = at;
    parts.seek.ariaValueText = words(dataset.wordPosition, { at: clock(at), total: clock(side.seconds), section });
    parts.seek.style.setProperty("--done", `${(at / side.seconds) * 100}%`);
    parts.elapsed.textContent = clock(at);
    parts.total.textContent = clock(side.seconds);
    const word = this.isRunning ? dataset.wordPause : dataset.wordPlay;
    if (parts["toggle-word"].textContent !== word) parts["toggle-word"].textContent = word;
    this.toggleAttribute("data-playing", this.isRunning);
  }
}

const barAt = (seconds, { bars }) => Math.max(0, bars.findLastIndex((start) => start <= seconds + 1e-6));

function sameplace(seconds, from, to) {
  const bar = barAt(seconds, from);
  const length = ({ bars, seconds: all }, index) => (bars[index + 1] ?? all) - bars[index];
  const part = (seconds - from.bars[bar]) / length(from, bar);
  const there = Math.min(bar, to.bars.length - 1);
  return Math.min(to.seconds, to.bars[there] + part * length(to, there));
}

customElements.define("ab-compare", AbCompare);
