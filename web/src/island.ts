/** What an island is given by its page: where it stands, its words from the page's message catalogue, and its state. */
import { createI18n, type I18n } from "vue-i18n";

export interface Given<State> {
  url: string;
  language: string;
  words: Record<string, string>;
  state: State;
}

/** Return vue-i18n over the words a page gave. A message's id is its English text, so that a key is never a path. */
export function words(language: string, messages: Record<string, string>): I18n<{}, {}, {}, string, false> {
  return createI18n({
    legacy: false,
    locale: language,
    fallbackLocale: language,
    messages: { [language]: messages },
    messageResolver: (known, key) => (known as Record<string, string>)[key] ?? null,
    missingWarn: false,
    fallbackWarn: false,
  }) as unknown as I18n<{}, {}, {}, string, false>;
}

export class Refused extends Error {
  constructor(
    message: string,
    readonly field: string,
  ) {
    super(message);
  }
}

/** Ask the shop and return its JSON; a refusal in words becomes Refused, silence any other error. */
export async function ask<Answer>(address: string, fields?: Record<string, unknown>): Promise<Answer> {
  const answer = await fetch(address, {
    method: fields ? "POST" : "GET",
    headers: { Accept: "application/json", ...(fields ? { "Content-Type": "application/json" } : {}) },
    body: fields ? JSON.stringify(fields) : undefined,
  });
  const body = (await answer.json()) as Answer & { message?: string; field?: string };
  if (!answer.ok) throw new Refused(body.message ?? "", body.field ?? "");
  return body;
}
