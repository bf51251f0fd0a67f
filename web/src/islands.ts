/** An island is `<div data-island="name" data-props='{…}'>fallback</div>`: it works unwoken, and better woken. */
import { type Component, createApp } from "vue";
import { type Given, words } from "./island";

export type Loader = () => Promise<{ default: Component }>;

const ISLANDS: Record<string, Loader> = {
  cart: () => import("./cart/Cart.vue"),
  checkout: () => import("./checkout/Checkout.vue"),
};

/** Wake every island on the page; what a page does not show is never loaded. */
export async function mountIslands(): Promise<void> {
  for (const element of document.querySelectorAll<HTMLElement>("[data-island]")) {
    const load = ISLANDS[element.dataset.island ?? ""];
    if (!load) continue;
    const { default: component } = await load();
    const given = JSON.parse(element.dataset.props ?? "{}") as Given<unknown>;
    const held = document.activeElement as HTMLInputElement | null;
    const typed = typedInto(element);
    const app = createApp(component, { url: given.url, language: given.language, state: given.state, typed });
    app.use(words(given.language, given.words)).mount(element);
    // Whoever was typing while the island woke goes on where he was.
    if (held?.name && !held.isConnected) element.querySelector<HTMLElement>(`[name="${CSS.escape(held.name)}"]`)?.focus();
  }
}

/** Return what stands in the fields of the page's own form by now. */
function typedInto(element: HTMLElement): Record<string, string> {
  const form = element.querySelector<HTMLFormElement>("form.co-form");
  const typed: Record<string, string> = {};
  if (form) new FormData(form).forEach((value, name) => (typed[name] = String(value)));
  return typed;
}
