// <now-playing>: the one <audio> of the product, outside #main, so it survives navigation.
// Anything with data-play="url" data-title="…" (data-artist, data-track, data-at) plays here; a click on
// what plays already pauses it. data-track is the identity when the URL is signed and changes.
import { clock } from "tenfold/clock";

const VOLUME = "tenfold.volume";
const SKIP_S = 10;
const ARROW_S = 5;
const ACTIONS = {
  play: (player) => player.audio.play(),
  pause: (player) => player.audio.pause(),
  stop: (player) => player.close(),
  seekbackward: (player, { seekOffset }) => player.skip(-(seekOffset ?? SKIP_S)),
  seekforward: (player, { seekOffset }) => player.skip(seekOffset ?? SKIP_S),
  seekto: (player, { seekTime }) => player.seek(seekTime),
};

class NowPlaying extends HTMLElement {
  connectedCallback() {
    if (this.audio) return; // moved, not made
    const part = (name) => this.querySelector(`[data-part="${name}"]`);
    this.parts = Object.fromEntries(
      ["title", "artist", "toggle", "seek", "elapsed", "total", "volume", "mute", "status"].map((name) => [name, part(name)]),
    );
    this.audio = Object.assign(document.createElement("audio"), { preload: "metadata" });
    this.append(this.audio);
    this.audio.volume = Number(localStorage.getItem(VOLUME) ?? 1);
    this.parts.volume.value = this.audio.volume * 100;
    this.listen(part);
    for (const [action, run] of Object.entries(ACTIONS)) {
      navigator.mediaSession?.setActionHandler(action, (detail) => run(this, detail));
    }
    this.show();
  }

  listen(part) {
    const { audio, parts } = this;
    parts.toggle.addEventListener("click", () => this.toggle());
    part("back").addEventListener("click", () => this.skip(-SKIP_S));
    part("forward").addEventListener("click", () => this.skip(SKIP_S));
    part("close").addEventListener("click", () => this.close());
    parts.mute.addEventListener("click", () => (audio.muted = !audio.muted));
    parts.volume.addEventListener("input", () => {
      audio.muted = false;
      audio.volume = parts.volume.value / 100;
      localStorage.setItem(VOLUME, audio.volume);
    });
    parts.seek.addEventListener("input", () => this.seek(Number(parts.seek.value)));
    parts.seek.addEventListener("keydown", (event) => {
      const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (!way) return;
      event.preventDefault();
      this.skip(way * ARROW_S);
    });
    for (const name of ["timeupdate", "play", "pause", "seeked", "loadedmetadata", "volumechange", "ended"]) {
      audio.addEventListener(name, () => this.show());
    }
    audio.addEventListener("error", () => this.say(this.dataset.wordFailed));
    document.addEventListener("click", (event) => {
      const source = event.target.closest("[data-play]");
      if (!source || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault(); // a link with data-play opens the file where there is no JavaScript
      if (this.track === trackOf(source) && !audio.paused) audio.pause();
      else this.play(source.dataset.play, source.dataset, Number(source.dataset.at) || undefined);
    });
    document.addEventListener("htmx:after:settle", () => this.showSources());
  }

  get isLoaded() {
    return Boolean(this.track);
  }

  async play(url, { title = "", artist = "", track = "" } = {}, at = undefined) {
    const wanted = track || new URL(url, location.href).pathname;
    if (this.track !== wanted) {
      this.track = wanted;
      this.audio.src = url;
      this.parts.title.textContent = title;
      this.parts.artist.textContent = artist;
      this.say("");
      this.hidden = false;
      if (navigator.mediaSession) navigator.mediaSession.metadata = new MediaMetadata({ title, artist });
    }
    if (at !== undefined) this.audio.currentTime = at;
    try {
      await this.audio.play();
    } catch (error) {
      // AbortError: another song was chosen meanwhile. NotSupportedError: the error event has told it.
      if (!["AbortError", "NotSupportedError"].includes(error.name)) this.say(this.dataset.wordFailed);
    }
  }

  toggle() {
    if (this.audio.paused) this.play(this.audio.src, { track: this.track });
    else this.audio.pause();
  }

  skip(seconds) {
    this.seek(this.audio.currentTime + seconds);
  }

  seek(seconds) {
    this.audio.currentTime = Math.max(0, Math.min(this.audio.duration || 0, seconds));
    this.show();
  }

  close() {
    const hadFocus = this.contains(document.activeElement);
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
    this.track = "";
    this.hidden = true;
    if (hadFocus) document.getElementById("main").focus({ preventScroll: true });
    this.show();
  }

  say(text) {
    this.parts.status.textContent = text;
  }

  show() {
    const { audio, parts } = this;
    const seconds = Number.isFinite(audio.duration) ? audio.duration : 0;
    const { wordPlay, wordPause, wordPosition, wordMute, wordUnmute } = this.dataset;
    parts.seek.max = seconds || 1;
    parts.seek.value = audio.currentTime;
    parts.seek.ariaValueText = wordPosition.replace("{at}", clock(audio.currentTime)).replace("{total}", clock(seconds));
    parts.seek.style.setProperty("--done", `${seconds ? (audio.currentTime / seconds) * 100 : 0}%`);
    parts.volume.style.setProperty("--done", `${audio.muted ? 0 : audio.volume * 100}%`);
    parts.elapsed.textContent = clock(audio.currentTime);
    parts.total.textContent = clock(seconds);
    this.toggleAttribute("data-playing", !audio.paused);
    this.toggleAttribute("data-muted", audio.muted || audio.volume === 0);
    parts.toggle.ariaLabel = audio.paused ? wordPlay : wordPause;
    parts.mute.ariaLabel = audio.muted ? wordUnmute : wordMute;
    if (navigator.mediaSession) {
      navigator.mediaSession.playbackState = this.isLoaded ? (audio.paused ? "paused" : "playing") : "none";
      if (seconds) navigator.mediaSession.setPositionState?.({ duration: seconds, position: Math.min(audio.currentTime, seconds) });
    }
    this.showSources();
    this.dispatchEvent(new CustomEvent("position"));
  }

  // Buttons of the page say, and show, whether their song is the one that plays.
  showSources() {
    for (const source of document.querySelectorAll("button[data-play]")) {
      const isPlaying = this.track === trackOf(source) && !this.audio.paused;
      if (source.ariaPressed === String(isPlaying)) continue;
      source.ariaPressed = String(isPlaying);
      const icon = source.querySelector("use");
      icon?.setAttribute("href", icon.getAttribute("href").replace(/#.*$/, isPlaying ? "#pause" : "#play"));
    }
  }
}

const trackOf = ({ dataset }) => dataset.track || new URL(dataset.play, location.href).pathname;

customElements.define("now-playing", NowPlaying);
export const player = () => document.querySelector("now-playing");
