// <stem-mixer>: the stems of a version on one clock, locked to the sample. It loads them when it is
// first played and frees their memory when it leaves the page. Faders and switches are form fields,
// so that saving the mix is sending the form.
import { clock } from "tenfold/clock";
import { areOn } from "tenfold/keys";
import { add, canMix, decibels, decode, LONGEST_S, openContext, Reel, shareTheEar, silencePlayer } from "tenfold/sound";

const words = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const FIELDS = "input:not([type=range]):not([type=checkbox]), select, textarea, [contenteditable]";
const CONTROLS = "button, a, input, select, summary";

class StemMixer extends HTMLElement {
  connectedCallback() {
    const { signal } = (this.life = new AbortController());
    const part = (name) => this.querySelector(`[data-part="${name}"]`);
    this.parts = Object.fromEntries(["toggle", "toggle-word", "seek", "elapsed", "total", "loop", "reset", "state"].map((name) => [name, part(name)]));
    this.facts = JSON.parse(document.getElementById(this.dataset.drawing).textContent);
    this.seconds = Number(this.dataset.seconds);
    this.strips = [...this.querySelectorAll("[data-strip]")].map((row) => ({
      row,
      gain: row.querySelector("[data-part=gain]"),
      db: row.querySelector("[data-part=db]"),
      mute: row.querySelector("[data-part=mute]"),
      solo: row.querySelector("[data-part=solo]"),
    }));
    this.parts.total.textContent = clock(this.seconds);
    if (!canMix()) return this.say(this.dataset.wordNone);
    if (this.seconds > LONGEST_S) return this.say(this.dataset.wordLong);
    this.parts.toggle.hidden = false;
    for (const name of ["seek", "loop", "reset"]) this.parts[name].disabled = false;
    for (const button of this.querySelectorAll("[data-load]")) button.hidden = false;
    this.addEventListener("input", (event) => this.changed(event), { signal });
    this.addEventListener("change", (event) => this.changed(event), { signal });
    this.addEventListener("click", (event) => this.click(event), { signal });
    // Before the page's own single keys, which would move the player.
    document.addEventListener("keydown", (event) => this.key(event), { signal, capture: true });
    this.say(this.dataset.wordIdle);
    shareTheEar(() => this.pause(), () => this.reel?.isRunning, signal);
    this.levels();
  }

  disconnectedCallback() {
    this.life.abort();
    cancelAnimationFrame(this.frame);
    this.reel?.free();
    this.context?.close();
    this.reel = this.context = undefined;
  }

  // ---------------------------------------------------------------- loading and playing

  async load() {
    this.context ??= openContext();
    const urls = this.facts.strips.flatMap(([, each]) => each);
    let done = 0;
    const buffers = [];
    for (const [, each] of this.facts.strips) {
      let sum;
      for (const url of each) {
        this.say(words(this.dataset.wordLoading, { done, all: urls.length }));
        sum = add(this.context, sum, await decode(this.context, url, this.life.signal));
        done += 1;
      }
      buffers.push(sum);
    }
    this.reel = new Reel(this.context, buffers);
    this.say(this.dataset.wordReady);
    this.levels();
  }

  async play() {
    if (this.isLoading) return;
    try {
      this.isLoading = true;
      this.parts.toggle.ariaBusy = "true";
      if (!this.reel) await this.load();
      await this.context.resume();
      silencePlayer();
      const at = Number(this.parts.seek.value);
      this.reel.start(at >= this.seconds - 0.2 ? 0 : at, this.region);
      this.follow();
    } catch (error) {
      if (error.name !== "AbortError") this.say(this.dataset.wordFailed);
    } finally {
      this.isLoading = false;
      this.parts.toggle.ariaBusy = "false";
      this.show();
    }
  }

  pause() {
    this.reel?.stop();
    this.show();
  }

  toggle() {
    if (this.reel?.isRunning) this.pause();
    else this.play();
  }

  get region() {
    const chosen = this.parts.loop.value;
    return chosen === "" ? undefined : this.facts.sections[Number(chosen)];
  }

  follow() {
    cancelAnimationFrame(this.frame);
    if (!this.reel?.isRunning) return;
    this.parts.seek.value = this.reel.now;
    if (!this.region && this.reel.now >= this.reel.seconds - 0.01) this.pause();
    this.show();
    this.frame = requestAnimationFrame(() => this.follow());
  }

  // ---------------------------------------------------------------- faders and switches

  changed({ target }) {
    if (target === this.parts.seek || target === this.parts.loop) {
      if (this.region && target === this.parts.loop) this.parts.seek.value = this.region[0];
      if (this.reel?.isRunning) this.reel.start(Number(this.parts.seek.value), this.region);
      else if (this.reel) this.reel.at = Number(this.parts.seek.value);
      return this.show();
    }
    if (target.closest("[data-strip]")) this.levels();
  }

  levels() {
    const isAnySolo = this.strips.some(({ solo }) => solo.checked);
    this.strips.forEach((strip, at) => {
      const least = Number(strip.gain.min);
      const db = Number(strip.gain.value);
      const isHeard = !strip.mute.checked && (!isAnySolo || strip.solo.checked);
      const text = db <= least ? this.dataset.wordSilent : words(this.dataset.wordDb, { db: `${db > 0 ? "+" : ""}${String(db).replace("-", "−")}` });
      strip.db.textContent = text;
      strip.gain.ariaValueText = text;
      strip.gain.style.setProperty("--done", `${((db - least) / (Number(strip.gain.max) - least)) * 100}%`);
      strip.row.toggleAttribute("data-silent", !isHeard);
      this.reel?.level(at, isHeard ? decibels(db, least) : 0);
    });
  }

  click({ target }) {
    if (target.closest("[data-part=toggle]")) this.toggle();
    if (target.closest("[data-part=reset]")) this.set({});
    const load = target.closest("[data-load]");
    if (load) {
      this.set(this.facts.mixes[load.dataset.load]);
      const name = this.querySelector("#mix-name");
      if (name) name.value = load.dataset.name; // the attribute shows nothing once somebody has typed
    }
  }

  // A mix names stems; those behind one fader were saved alike, so the first one speaks for it.
  set(gains) {
    this.strips.forEach((strip, at) => {
      const { gain_db: db = 0, muted = false, solo = false } = gains[this.facts.strips[at][2]] ?? {};
      strip.gain.value = db;
      strip.mute.checked = muted;
      strip.solo.checked = solo;
    });
    this.levels();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !areOn()) return;
    if (event.target.closest(FIELDS) || document.querySelector("dialog[open]")) return;
    const strip = this.strips[Number(/^Digit([1-6])$/.exec(event.code)?.[1]) - 1];
    if (strip) {
      const box = event.shiftKey ? strip.mute : strip.solo;
      box.checked = !box.checked;
      this.levels();
    } else if ((event.key === " " && !event.target.closest(CONTROLS)) || event.key.toLowerCase() === "k") {
      this.toggle();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // ---------------------------------------------------------------- showing

  say(text) {
    if (this.parts.state.textContent !== text) this.parts.state.textContent = text;
  }

  show() {
    const { parts, dataset } = this;
    const at = Number(parts.seek.value);
    const isRunning = Boolean(this.reel?.isRunning);
    parts.elapsed.textContent = clock(at);
    parts.seek.ariaValueText = words(dataset.wordPosition, { at: clock(at), total: clock(this.seconds) });
    parts.seek.style.setProperty("--done", `${(at / this.seconds) * 100}%`);
    const word = isRunning ? dataset.wordPause : dataset.wordPlay;
    if (parts["toggle-word"].textContent !== word) parts["toggle-word"].textContent = word;
    this.toggleAttribute("data-playing", isRunning);
  }
}

customElements.define("stem-mixer", StemMixer);
