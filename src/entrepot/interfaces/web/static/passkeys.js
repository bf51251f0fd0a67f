// Passkeys on any page: a form with data-passkey asks its data-options for a challenge, lets the device answer, and sends
// the answer in its field "passkey". Without this file, or on a device without passkeys, such a form stays hidden.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function readable(options) {
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
  const made = { ...options, challenge: bytes(options.challenge) };
  if (options.user) made.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) made.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) made.allowCredentials = known(options.allowCredentials);
  return made;
}

function sendable(credential) {
  const told = credential.response;
  const response = { clientDataJSON: text(told.clientDataJSON) };
  if (told.attestationObject) response.attestationObject = text(told.attestationObject);
  if (told.authenticatorData) response.authenticatorData = text(told.authenticatorData);
  if (told.signature) response.signature = text(told.signature);
  if (told.userHandle) response.userHandle = text(told.userHandle);
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
    authenticatorAttachment: credential.authenticatorAttachment, clientExtensionResults: {},
  });
}

async function ask(form) {
  const token = form.elements.namedItem("csrfmiddlewaretoken");
  const answer = await fetch(form.dataset.options, {
    method: "POST", credentials: "same-origin",
    headers: { Accept: "application/json", ...(token ? { "X-CSRFToken": token.value } : {}) },
  });
  if (!answer.ok) throw new Error(String(answer.status));
  const publicKey = readable(await answer.json());
  const device = navigator.credentials;
  return form.dataset.passkey === "create" ? device.create({ publicKey }) : device.get({ publicKey });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = form.querySelector("[data-passkey-fault]");
    said.hidden = true;
    try {
      form.elements.namedItem("passkey").value = sendable(await ask(form));
      form.submit();
    } catch {
      said.hidden = false;
    }
  });
}
