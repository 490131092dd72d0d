// Decoded sound on the clock of one AudioContext: what the mixer and the comparison are made of.
import { player } from "tenfold/player";

const AHEAD_S = 0.1; // so that all begin at the same sample, however long starting them takes
const FADE_S = 0.012;
const SMALL_RATE = 32_000; // half of the memory; a phone's loudspeaker ends below its limit
export const LONGEST_S = 480;

export const canMix = () => "AudioContext" in window;

export function openContext() {
  const isSmall = (navigator.deviceMemory ?? 8) <= 4 || matchMedia("(pointer: coarse)").matches;
  return new AudioContext(isSmall ? { sampleRate: SMALL_RATE } : {});
}

export async function decode(context, url, signal) {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(`sound: ${answer.status}`);
  return context.decodeAudioData(await answer.arrayBuffer());
}

// Adds a buffer to another one sample by sample; the first one becomes the sum.
export function add(context, sum, buffer) {
  if (!sum) return buffer;
  const length = Math.max(sum.length, buffer.length);
  const channels = Math.max(sum.numberOfChannels, buffer.numberOfChannels);
  const made = context.createBuffer(channels, length, sum.sampleRate);
  for (let channel = 0; channel < channels; channel += 1) {
    const out = made.getChannelData(channel);
    for (const part of [sum, buffer]) {
      const samples = part.getChannelData(Math.min(channel, part.numberOfChannels - 1));
      for (let at = 0; at < samples.length; at += 1) out[at] += samples[at];
    }
  }
  return made;
}

// Buffers that run together, each through a gain of its own.
export class Reel {
  constructor(context, buffers) {
    this.context = context;
    this.tracks = buffers.map((buffer) => {
      const gain = context.createGain();
      gain.connect(context.destination);
      return { buffer, gain };
    });
    this.seconds = Math.max(...buffers.map((buffer) => buffer.duration));
    this.at = 0;
  }

  get isRunning() {
    return Boolean(this.sources);
  }

  // Where it is; within a loop it goes round.
  get now() {
    if (!this.isRunning) return this.at;
    const gone = this.at + Math.max(0, this.context.currentTime - this.startedAt);
    if (!this.loop) return Math.min(gone, this.seconds);
    const [from, to] = this.loop;
    return gone < to ? gone : from + ((gone - from) % (to - from));
  }

  start(at, loop) {
    this.stop();
    const isInside = loop && at >= loop[0] && at < loop[1];
    this.at = loop && !isInside ? loop[0] : at;
    this.loop = loop;
    this.startedAt = this.context.currentTime + AHEAD_S;
    this.sources = this.tracks.map(({ buffer, gain }) => {
      const source = new AudioBufferSourceNode(this.context, { buffer });
      if (loop) Object.assign(source, { loop: true, loopStart: loop[0], loopEnd: Math.min(loop[1], buffer.duration) });
      source.connect(gain);
      source.start(this.startedAt, this.at);
      return source;
    });
  }

  stop() {
    if (!this.isRunning) return;
    this.at = this.now;
    for (const source of this.sources) {
      source.stop(this.context.currentTime + FADE_S);
      source.onended = () => source.disconnect();
    }
    this.sources = undefined;
  }

  // Without a click: the value glides within a few milliseconds.
  level(track, value) {
    this.tracks[track].gain.gain.setTargetAtTime(value, this.context.currentTime, FADE_S / 3);
  }

  free() {
    this.stop();
    for (const { gain } of this.tracks) gain.disconnect();
    this.tracks = [];
  }
}

export const decibels = (db, least) => (db <= least ? 0 : 10 ** (db / 20));

// One thing is heard at a time: what plays here silences the player, and the other way round.
export function shareTheEar(pause, isRunning, signal) {
  player().addEventListener("position", () => !player().audio.paused && isRunning() && pause(), { signal });
}
export const silencePlayer = () => player().audio.pause();
