// Keys of the console. Every page works without this file; letters act only while no field has focus.
const keysOn = () => localStorage.getItem("console-keys") !== "off";
const typing = (e) => e.target.closest("input, textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll("[data-row]")];
let going = false;

function move(step) {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((r) => r.contains(document.activeElement));
  const next = all[Math.min(all.length - 1, Math.max(0, now < 0 ? 0 : now + step))];
  const target = next.querySelector("a, button, summary");
  if (target) target.focus();
  next.scrollIntoView({ block: "nearest" });
}

function tick() {
  const row = document.activeElement.closest("[data-row]");
  const box = row && row.querySelector("[data-tick]");
  if (box) box.click();
}

function keysDialog() {
  const dialog = document.getElementById("keys");
  if (!dialog || dialog.open) return;
  const [on, off] = dialog.dataset.words.split("|");
  dialog.querySelector("[data-toggle-keys]").textContent = keysOn() ? on : off;
  dialog.showModal();
}

const places = { h: "/console/", o: "/console/orders", s: "/console/shipments", p: "/console/products", l: "/console/ledger" };

document.addEventListener("keydown", (e) => {
  const search = document.getElementById("search");
  if ((e.metaKey || e.ctrlKey) && e.key.toLowerCase() === "k" && search) { e.preventDefault(); search.focus(); return; }
  if (e.metaKey || e.ctrlKey || e.altKey || typing(e) || document.querySelector("dialog[open]")) return;
  if (e.key === "?") { keysDialog(); return; }
  if (!keysOn()) return;
  const key = e.key.toLowerCase();
  if (going) { going = false; if (places[key]) location.href = places[key]; return; }
  if (key === "/" && search) { e.preventDefault(); search.focus(); }
  else if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "x") tick();
  else if (key === "g") { going = true; setTimeout(() => { going = false; }, 1200); }
  else {
    const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (button) { e.preventDefault(); button.click(); }
  }
});

document.querySelectorAll("[data-show-keys]").forEach((b) => { b.hidden = false; b.addEventListener("click", keysDialog); });
document.querySelectorAll("[data-toggle-keys]").forEach((b) => b.addEventListener("click", () => {
  localStorage.setItem("console-keys", keysOn() ? "off" : "on");
  document.getElementById("keys").close();
}));
document.querySelectorAll("[data-close]").forEach((b) => b.addEventListener("click", () => b.closest("dialog").close()));
document.querySelectorAll("[data-check-all]").forEach((box) => box.addEventListener("change", () => {
  [...box.form.elements].forEach((c) => { if (c.type === "checkbox" && c.name === (box.dataset.checkAll || "sku")) c.checked = box.checked; });
}));
document.addEventListener("change", () => {
  const ticked = document.querySelectorAll("[data-tick]:checked").length;
  document.querySelectorAll("[data-ticked]").forEach((n) => { n.textContent = ticked || ""; });
});
document.addEventListener("click", (e) => document.querySelectorAll("details.menu[open]").forEach((d) => {
  if (!d.contains(e.target)) d.open = false;
}));
document.addEventListener("submit", (e) => {
  const button = e.submitter;
  if (button && e.target.target !== "_blank" && button.formTarget !== "_blank") setTimeout(() => { button.setAttribute("aria-busy", "true"); button.disabled = true; }, 0);
});
