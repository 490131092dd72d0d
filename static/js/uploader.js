// <track-uploader>: takes over the plain upload form. Files are sent in resumable pieces (tus), two
// at a time; one that was interrupted, even by a closed browser, goes on where it stopped.
const AT_ONCE = 2;
const CHUNK_BYTES = 8 * 1024 * 1024;
const RETRY_MS = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000];
const SPEED_WINDOW_MS = 5000;

const units = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
const span = (seconds) => (seconds < 60 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`);

class TrackUploader extends HTMLElement {
  connectedCallback() {
    this.life = new AbortController();
    const { signal } = this.life;
    this.jobs = [];
    this.form = this.querySelector("form");
    this.input = this.querySelector("input[type=file]");
    this.one = (name) => this.querySelector(`[data-part="${name}"]`);
    this.dataset.live = "";
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.take(this.input.files)), { signal });
    this.input.addEventListener("change", () => this.take(this.input.files), { signal });
    for (const name of ["dragenter", "dragover"]) this.addEventListener(name, (event) => this.over(event, true), { signal });
    for (const name of ["dragleave", "drop"]) this.addEventListener(name, (event) => this.over(event, false), { signal });
    this.addEventListener("drop", (event) => this.take(event.dataTransfer.files), { signal });
    document.addEventListener("paste", (event) => event.clipboardData?.files.length && this.take(event.clipboardData.files), { signal });
    addEventListener("beforeunload", (event) => this.isSending && event.preventDefault(), { signal });
    this.showUnfinished();
  }

  // Swapped away by navigation: stop sending; what has arrived is kept on the server.
  disconnectedCallback() {
    this.life.abort();
    for (const job of this.jobs) job.upload?.abort();
  }

  over(event, isOver) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.toggleAttribute("data-over", isOver);
  }

  get isSending() {
    return this.jobs.some((job) => job.state === "sending");
  }

  get headers() {
    return { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value };
  }

  async showUnfinished() {
    await import("tus");
    const known = await window.tus.defaultOptions.urlStorage.findAllUploads();
    for (const { metadata } of known) {
      if (!metadata?.filename || this.jobs.some((job) => job.name === metadata.filename)) continue;
      const line = document.createElement("li");
      line.className = "upload-note quiet";
      line.dataset.unfinished = metadata.filename;
      line.textContent = this.dataset.wordFound.replace("{name}", metadata.filename);
      this.one("list").append(line);
      this.one("uploads").hidden = false;
    }
  }

  async take(files) {
    const taken = [...files];
    this.input.value = "";
    if (!taken.length) return;
    await import("tus");
    for (const file of taken) {
      this.one("list").querySelector(`[data-unfinished="${CSS.escape(file.name)}"]`)?.remove();
      const job = { name: file.name, file, state: "waiting", sent: 0, samples: [] };
      job.row = this.row(job);
      this.jobs.push(job);
    }
    this.one("uploads").hidden = false;
    this.next();
  }

  row(job) {
    const row = document.createElement("li");
    row.className = "upload-row";
    const name = Object.assign(document.createElement("p"), { className: "upload-name", textContent: job.name });
    const bar = Object.assign(document.createElement("progress"), { className: "progress job-bar", max: 100, value: 0, ariaLabel: job.name });
    const line = Object.assign(document.createElement("p"), { className: "upload-line figure", textContent: this.dataset.wordWaiting });
    const acts = Object.assign(document.createElement("p"), { className: "upload-acts" });
    job.parts = { bar, line, acts };
    row.append(name, bar, line, acts);
    this.one("list").append(row);
    job.row = row;
    this.acts(job);
    return row;
  }

  acts(job) {
    const button = (word, run) => {
      const made = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: word });
      made.ariaLabel = `${word}: ${job.name}`;
      made.addEventListener("click", run);
      return made;
    };
    const words = this.dataset;
    const offered = [];
    if (job.state === "sending") offered.push(button(words.wordPause, () => this.pause(job)));
    if (job.state === "paused") offered.push(button(words.wordResume, () => this.send(job)));
    if (job.state === "failed") offered.push(button(words.wordRetry, () => this.send(job)));
    if (job.state !== "done") offered.push(button(words.wordRemove, () => this.remove(job)));
    job.parts.acts.replaceChildren(...offered);
  }

  next() {
    const busy = this.jobs.filter((job) => job.state === "sending").length;
    this.jobs
      .filter((job) => job.state === "waiting")
      .slice(0, Math.max(0, AT_ONCE - busy))
      .forEach((job) => this.send(job));
    this.showAll();
  }

  async send(job) {
    this.become(job, "sending");
    job.samples = [];
    job.upload ??= new window.tus.Upload(job.file, {
      endpoint: this.dataset.endpoint,
      chunkSize: CHUNK_BYTES,
      retryDelays: RETRY_MS,
      removeFingerprintOnSuccess: true,
      metadata: { filename: job.file.name },
      headers: this.headers,
      onProgress: (sent, total) => this.progress(job, sent, total),
      onSuccess: () => this.arrived(job),
      onError: (error) => this.failed(job, error),
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        const again = !status || status === 409 || status === 423 || status === 460 || status >= 500;
        if (again) job.parts.line.textContent = this.dataset.wordOffline;
        return again;
      },
    });
    const earlier = await job.upload.findPreviousUploads();
    if (job.state !== "sending") return;
    if (earlier.length && !job.upload.url) {
      job.upload.resumeFromPreviousUpload(earlier[0]);
      job.parts.line.textContent = this.dataset.wordResumed;
    }
    job.upload.start();
  }

  progress(job, sent, total) {
    const now = performance.now();
    job.sent = sent;
    job.samples = [...job.samples.filter(([at]) => now - at < SPEED_WINDOW_MS), [now, sent]];
    const [[start, first]] = job.samples;
    const speed = now > start ? ((sent - first) / (now - start)) * 1000 : 0;
    job.parts.bar.value = total ? (sent / total) * 100 : 100;
    if (speed > 0) {
      job.parts.line.textContent = this.dataset.wordSending
        .replace("{done}", units(sent)).replace("{total}", units(total))
        .replace("{speed}", units(speed)).replace("{left}", span((total - sent) / speed));
    }
    this.showAll();
  }

  arrived(job) {
    job.sent = job.file.size;
    job.parts.bar.value = 100;
    job.parts.line.textContent = this.dataset.wordDone;
    this.become(job, "done");
    this.next();
    if (this.dataset.into) this.tell(job);
    else this.refresh();
  }

  // Uploading for something besides the library, a set of songs: say there what has arrived.
  async tell(job) {
    const id = job.upload.url.split("/").filter(Boolean).pop();
    const told = await fetch(this.dataset.into, { method: "POST", headers: this.headers, body: new URLSearchParams({ upload: id }) });
    if (!told.ok) {
      job.parts.line.textContent = told.status === 409 ? await told.text() : this.dataset.wordFailed;
      return this.become(job, "failed");
    }
    this.one("then").hidden = false;
  }

  // Songs that arrived stand in the list at once; several that arrive together cost one look. Asked
  // for like a poll of the list itself, so that what is typed and ticked stays.
  refresh() {
    clearTimeout(this.due);
    this.due = setTimeout(() => {
      const list = document.getElementById("tracks");
      if (list) window.htmx.ajax("GET", list.dataset.here, { source: list, target: list, swap: "outerMorph" });
    }, 300);
    this.life.signal.addEventListener("abort", () => clearTimeout(this.due), { once: true });
  }

  failed(job, error) {
    const said = error.originalResponse?.getBody();
    const isOurs = said && error.originalResponse.getHeader("Tus-Resumable");
    job.parts.line.textContent = isOurs ? said : this.dataset.wordFailed;
    this.become(job, "failed");
    this.next();
  }

  pause(job) {
    job.upload.abort();
    job.parts.line.textContent = this.dataset.wordPaused.replace("{percent}", Math.floor(job.parts.bar.value));
    this.become(job, "paused");
    this.next();
  }

  remove(job) {
    job.upload?.abort(true).catch(() => {}); // the server forgets it in a week at the latest
    this.jobs = this.jobs.filter((other) => other !== job);
    job.row.remove();
    this.next();
  }

  become(job, state) {
    job.state = state;
    job.row.dataset.state = state;
    this.acts(job);
  }

  showAll() {
    const total = this.jobs.reduce((sum, job) => sum + job.file.size, 0);
    const sent = this.jobs.reduce((sum, job) => sum + job.sent, 0);
    const percent = total ? Math.floor((sent / total) * 100) : 0;
    const step = percent - (percent % 25); // a status line that speaks every quarter
    const text = this.dataset.wordAll.replace("{count}", this.jobs.length).replace("{percent}", step);
    const line = this.one("all");
    if (line.textContent !== text) line.textContent = this.jobs.length ? text : "";
  }
}

customElements.define("track-uploader", TrackUploader);
