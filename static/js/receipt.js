// <file-check data-sha256 data-receipt>: is a file that is chosen or dropped the song with the one hash,
// or the receipt with the other? It is read here and goes nowhere. Without a secure context there is no
// SubtleCrypto, and the command below remains.

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

class FileCheck extends HTMLElement {
  connectedCallback() {
    if (!globalThis.crypto?.subtle) return;
    this.form = this.querySelector("[data-part=form]");
    this.answer = this.querySelector("[data-part=answer]");
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.form.hidden = false;
    this.form.addEventListener("submit", (event) => event.preventDefault(), { signal });
    this.form.querySelector("input").addEventListener("change", (event) => this.take(event.target.files[0]), { signal });
    this.addEventListener("dragover", (event) => this.over(event), { signal });
    this.addEventListener("dragleave", () => delete this.dataset.over, { signal });
    this.addEventListener("drop", (event) => this.dropped(event), { signal });
  }

  disconnectedCallback() {
    this.leaving?.abort();
  }

  over(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.dataset.over = "";
  }

  dropped(event) {
    event.preventDefault();
    delete this.dataset.over;
    this.take(event.dataTransfer.files[0]);
  }

  async take(file) {
    if (!file) return;
    this.say("info", this.dataset.wordReading);
    this.asked = file;
    try {
      const found = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
      if (this.asked !== file) return; // another file was chosen meanwhile
      const { sha256, receipt, wordSame, wordOther, wordReceipt, wordChanged } = this.dataset;
      const isReceipt = file.type === "application/json" || /\.json$/i.test(file.name);
      const isSame = found === (isReceipt ? receipt : sha256);
      const [same, other] = isReceipt ? [wordReceipt, wordChanged] : [wordSame, wordOther];
      this.say(isSame ? "success" : "error", isSame ? same : other);
    } catch {
      this.say("error", this.dataset.wordFailed);
    }
  }

  say(level, text) {
    const box = document.createElement("div");
    box.className = `alert alert-${level}`;
    box.textContent = text;
    this.dataset.answer = level;
    this.answer.replaceChildren(box);
  }
}

if (!customElements.get("file-check")) customElements.define("file-check", FileCheck);
