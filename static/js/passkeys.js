// <passkey-form mode="create | get | login">: asks the device for a passkey, then posts the form inside.
// The options come from a JSON script (options-id) or, for a log-in, from the server (options-url),
// because each answer holds a fresh challenge. <print-button>: prints the page.

const JSON_METHODS = ["parseCreationOptionsFromJSON", "parseRequestOptionsFromJSON"];

function isSupported() {
  const { PublicKeyCredential } = window;
  return Boolean(PublicKeyCredential) && JSON_METHODS.every((name) => name in PublicKeyCredential);
}

// A passkey that logs in alone must be found by the device and must know its owner.
function forLoginAlone(publicKey) {
  return {
    ...publicKey,
    authenticatorSelection: {
      ...publicKey.authenticatorSelection,
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    },
  };
}

class PasskeyForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.alert = this.querySelector("[role=alert]");
    this.leaving = new AbortController();
    if (!isSupported()) {
      this.say("text-unsupported");
      return;
    }
    this.form.querySelector("button").hidden = false;
    const { signal } = this.leaving;
    this.form.addEventListener("submit", (event) => this.submitted(event), { signal });
    if (this.getAttribute("mode") === "login") this.offerWhileTyping();
  }

  disconnectedCallback() {
    this.leaving.abort();
    this.offer?.abort();
  }

  submitted(event) {
    event.preventDefault();
    this.offer?.abort();
    this.alert.hidden = true;
    this.ask().catch((error) => this.failed(error));
  }

  async ask() {
    const options = await this.options();
    this.post(this.getAttribute("mode") === "create" ? await this.create(options) : await this.get(options));
  }

  async options() {
    const id = this.getAttribute("options-id");
    if (id) {
      const held = JSON.parse(document.getElementById(id).textContent);
      return (held.creation_options ?? held.request_options).publicKey;
    }
    const answer = await fetch(this.getAttribute("options-url"), {
      headers: { Accept: "application/json" },
      signal: this.leaving.signal,
    });
    if (!answer.ok) throw new Error(`options: ${answer.status}`);
    return (await answer.json()).request_options.publicKey;
  }

  create(publicKey) {
    const alone = this.form.elements.namedItem("passwordless")?.checked;
    const wanted = alone ? forLoginAlone(publicKey) : publicKey;
    return navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(wanted),
      signal: this.leaving.signal,
    });
  }

  get(publicKey, extra = {}) {
    return navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey),
      signal: this.leaving.signal,
      ...extra,
    });
  }

  post(credential) {
    this.form.elements.namedItem("credential").value = JSON.stringify(credential.toJSON());
    this.form.submit();
  }

  // Where the browser can, passkeys appear among the suggestions of the address field.
  async offerWhileTyping() {
    if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    this.offer = new AbortController();
    const { signal } = this.offer;
    try {
      const options = await this.options();
      if (signal.aborted) return;
      this.post(await this.get(options, { mediation: "conditional", signal }));
    } catch {
      // Nobody asked for anything yet: the button below says what goes wrong.
    }
  }

  failed(error) {
    if (error.name === "AbortError") return;
    this.say(error.name === "NotAllowedError" ? "text-cancelled" : "text-failed");
  }

  say(attribute) {
    this.alert.textContent = this.getAttribute(attribute);
    this.alert.hidden = false;
  }
}

class PrintButton extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button.hidden = false;
    this.leaving = new AbortController();
    button.addEventListener("click", () => window.print(), { signal: this.leaving.signal });
  }

  disconnectedCallback() {
    this.leaving.abort();
  }
}

customElements.define("passkey-form", PasskeyForm);
customElements.define("print-button", PrintButton);
