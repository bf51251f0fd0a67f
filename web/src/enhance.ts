/** Small things a page does by itself when scripts run. Words and figures always come from the server. */

/** A form marked `data-auto` is sent when one of its fields changes; its own button then only shows on focus. */
export function sendOnChange(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-auto]")) {
    form.addEventListener("change", () => form.requestSubmit(form.querySelector<HTMLButtonElement>("button:not([name])") ?? undefined));
  }
}

/** The parts of checkout that depend on delivery and address, as selectors. */
const PARTS = [".co-sum-in", ".co-mini", "[data-deliveries]", "[data-order]", "[data-quote]"];

/** Work the price out anew when delivery or address change, and put the server's parts in place; focus stays where it is. */
export function priceAsYouType(): void {
  const form = document.querySelector<HTMLFormElement>("form.co-form");
  if (!form) return;
  let asked = 0;
  form.addEventListener("change", async (event) => {
    const field = event.target as HTMLInputElement;
    if (!["grade", "postal_code", "country_area"].includes(field.name)) return;
    const turn = ++asked;
    const body = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
    try {
      const answer = await fetch(form.action.replace(/place$/, "quote"), { method: "POST", body, headers: { Accept: "text/html" } });
      if (!answer.ok || turn !== asked) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const held = document.activeElement instanceof HTMLInputElement ? document.activeElement : null;
      for (const part of PARTS) {
        const here = document.querySelector(part);
        const there = fresh.querySelector(part);
        if (here && there) here.replaceWith(there);
      }
      if (held && !held.isConnected) {
        document.querySelector<HTMLInputElement>(`[name="${held.name}"][value="${held.value}"]`)?.focus();
      }
    } catch {
      // Without an answer the page stays as it is; the button asks again.
    }
  });
}

/** An order that something is still happening to is looked at every few seconds; the page is drawn anew when it moved on. */
export function lookAgain(): void {
  const page = document.querySelector<HTMLElement>("[data-look-again]");
  if (!page) return;
  const before = page.dataset.lookAgain ?? "";
  const look = async (): Promise<void> => {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "application/json" } });
      if (answer.ok) {
        const order = (await answer.json()) as { state: string; payments: { state: string }[] };
        const now = `${order.state}:${order.payments.at(-1)?.state ?? ""}`;
        if (now !== before) return location.reload();
      }
    } catch {
      // The network is away: look again later.
    }
    window.setTimeout(look, 5000);
  };
  window.setTimeout(look, 3000);
}

/** After a form came back with faults, the list of them has the focus. */
export function showFaults(): void {
  document.querySelector<HTMLElement>("#faults, #changed")?.focus();
}
