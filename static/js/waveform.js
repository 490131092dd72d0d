// <wave-form>: precomputed peaks with section bands, beats and the chord under the cursor. It is an
// accessible slider over the shared player and never owns an <audio> of its own. All that it draws
// also stands in the page's tables.
import { clock } from "tenfold/clock";
import { player } from "tenfold/player";

const STEP_S = { ArrowRight: 5, ArrowUp: 5, ArrowLeft: -5, ArrowDown: -5 };

class WaveForm extends HTMLElement {
  async connectedCallback() {
    const life = (this.life = new AbortController());
    const { signal } = life;
    this.seconds = Number(this.dataset.seconds);
    this.drawing = JSON.parse(document.getElementById(this.dataset.drawing).textContent);
    Object.assign(this, { role: "slider", tabIndex: 0, ariaLabel: this.dataset.wordLabel });
    this.ariaValueMin = "0";
    this.ariaValueMax = String(Math.round(this.seconds));
    this.addEventListener("keydown", (event) => this.key(event), { signal });
    player().addEventListener("position", () => this.follow(), { signal });
    this.follow();
    let peaks;
    try {
      const [answer, library, regions] = await Promise.all([
        fetch(this.dataset.peaks, { signal }),
        import("wavesurfer"),
        import("wavesurfer/regions"),
      ]);
      if (!answer.ok) throw new Error(`peaks: ${answer.status}`);
      peaks = await answer.json();
      if (signal.aborted) return; // swapped away while waiting
      this.draw(peaks, library.default, regions.default);
    } catch (error) {
      if (error.name !== "AbortError") this.dataset.failed = "";
    }
  }

  disconnectedCallback() {
    this.life?.abort();
    this.surfer?.destroy();
    this.surfer = undefined;
  }

  draw(peaks, WaveSurfer, Regions) {
    const scale = 2 ** (peaks.bits - 1);
    const heights = [];
    for (let i = 0; i < peaks.data.length; i += 2) {
      heights.push(Math.max(Math.abs(peaks.data[i]), Math.abs(peaks.data[i + 1])) / scale);
    }
    const colour = (name) => getComputedStyle(this).getPropertyValue(name).trim();
    const regions = Regions.create();
    this.surfer = WaveSurfer.create({
      container: this,
      height: 112,
      peaks: [heights],
      duration: this.seconds,
      waveColor: colour("--edge"),
      progressColor: colour("--brass-text"),
      cursorColor: colour("--color-base-content"),
      cursorWidth: 2,
      normalize: true,
      plugins: [regions],
      cspNonce: document.querySelector("script[nonce]")?.nonce,
    });
    this.surfer.on("interaction", (seconds) => this.go(seconds));
    this.surfer.on("ready", () => {
      const letters = [...new Set(this.drawing.sections.map(([, , label]) => label))];
      for (const [start, end, label] of this.drawing.sections) {
        const color = `color-mix(in oklab, ${colour(`--source-${(letters.indexOf(label) % 10) + 1}`)} 16%, transparent)`;
        regions.addRegion({ start, end, color, drag: false, resize: false });
      }
      this.names(letters);
      this.grid();
      this.dataset.ready = "";
      this.follow();
    });
  }

  // The names of the sections stand above the waveform, where nothing is drawn over them; a narrow
  // one keeps its letter only. A click on a name plays from there.
  names(letters) {
    const strip = document.createElement("div");
    strip.className = "wave-names";
    strip.ariaHidden = "true";
    for (const [start, end, label, role] of this.drawing.sections) {
      const name = document.createElement("span");
      name.className = "wave-name";
      name.style.left = `${(start / this.seconds) * 100}%`;
      name.style.width = `${((end - start) / this.seconds) * 100}%`;
      name.style.setProperty("--tone", `var(--source-${(letters.indexOf(label) % 10) + 1})`);
      name.append(
        Object.assign(document.createElement("b"), { textContent: label }),
        Object.assign(document.createElement("span"), { textContent: role }),
      );
      name.addEventListener("click", () => this.go(start));
      strip.append(name);
    }
    this.prepend(strip);
  }

  // Bar lines as one drawing under the waveform: a thousand elements would cost more than they show.
  grid() {
    const canvas = document.createElement("canvas");
    canvas.className = "wave-grid";
    canvas.ariaHidden = "true";
    this.append(canvas);
    const paint = () => {
      const ratio = devicePixelRatio || 1;
      const { clientWidth: width, clientHeight: height } = canvas;
      Object.assign(canvas, { width: width * ratio, height: height * ratio });
      const pen = canvas.getContext("2d");
      pen.fillStyle = getComputedStyle(this).getPropertyValue("--edge");
      const line = (seconds, share) => pen.fillRect((seconds / this.seconds) * canvas.width, 0, ratio, canvas.height * share);
      if (width / Math.max(1, this.drawing.beats.length) > 3) this.drawing.beats.forEach((beat) => line(beat, 0.4));
      if (width / Math.max(1, this.drawing.downbeats.length) > 3) this.drawing.downbeats.forEach((bar) => line(bar, 1));
    };
    const watch = new ResizeObserver(paint);
    watch.observe(canvas);
    this.life.signal.addEventListener("abort", () => watch.disconnect());
  }

  get isMine() {
    return player().track === this.dataset.track;
  }

  go(seconds) {
    const at = Math.max(0, Math.min(this.seconds, seconds));
    if (this.isMine) player().seek(at);
    else player().play(this.dataset.source, this.dataset, at);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " || event.key === "k") {
      event.preventDefault(); // the page would scroll
      if (this.isMine) player().toggle();
      else this.go(0);
      return;
    }
    const now = this.now;
    const starts = this.drawing.sections.map(([start]) => start);
    const jump = {
      Home: () => 0,
      End: () => this.seconds,
      PageDown: () => starts.find((start) => start > now + 0.1) ?? this.seconds,
      PageUp: () => starts.findLast((start) => start < now - 0.5) ?? 0,
      Enter: () => now,
    }[event.key];
    const step = STEP_S[event.key];
    if (!jump && !step) return;
    event.preventDefault();
    event.stopPropagation(); // the page's own arrow keys would move a second time
    this.go(jump ? jump() : now + step);
  }

  get now() {
    return this.isMine ? player().audio.currentTime : 0;
  }

  follow() {
    const now = this.now;
    if (this.surfer && this.dataset.ready !== undefined) this.surfer.setTime(now);
    const at = (rows) => rows.find(([start, end]) => start <= now && now < end);
    const section = at(this.drawing.sections);
    const chord = at(this.drawing.chords);
    const position = this.dataset.wordPosition.replace("{at}", clock(now)).replace("{total}", clock(this.seconds));
    this.ariaValueNow = String(Math.round(now));
    this.ariaValueText = section ? `${position}, ${section[2]} ${section[3]}` : position;
    const line = this.parentElement?.querySelector("[data-wave-now]");
    if (line) line.textContent = [position, section && `${section[2]} ${section[3]}`, chord?.[2]].filter(Boolean).join(" · ");
  }
}

customElements.define("wave-form", WaveForm);
