/** An island is `<div data-island="name" data-props='{…}'>fallback</div>`: it works unwoken, and better woken. */
import { type Component, createApp } from "vue";

export type Loader = () => Promise<{ default: Component }>;

/** Wake every island on the page; what a page does not show is never loaded. */
export function mountIslands(islands: Record<string, Loader>): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-island]")) {
    const load = islands[element.dataset.island ?? ""];
    if (!load) continue;
    void load().then(({ default: component }) => {
      createApp(component, JSON.parse(element.dataset.props ?? "{}")).mount(element);
    });
  }
}
