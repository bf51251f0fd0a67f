/** Small things a page does by itself when scripts run. Words and figures always come from the server. */

/** A form marked `data-auto` is sent when one of its fields changes; its own button then only shows on focus. */
export function sendOnChange(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-auto]")) {
    form.addEventListener("change", () => form.requestSubmit(form.querySelector<HTMLButtonElement>("button:not([name])") ?? undefined));
  }
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
