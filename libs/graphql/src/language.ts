import { AsyncLocalStorage } from 'node:async_hooks';

/** Languages that texts are there in; the first is the one for everybody else. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Whose rules numbers, amounts and dates are written by. */
export const LOCALE: Readonly<Record<Language, string>> = { en: 'en-IE', de: 'de-DE' };

const storage = new AsyncLocalStorage<Language>();

/** The language of the request at hand; English outside of any. */
export const currentLanguage = (): Language => storage.getStore() ?? LANGUAGES[0];

/** Runs `work` so that everything it calls writes in `language`. */
export const inLanguage = <T>(language: Language, work: () => T): T => storage.run(language, work);

/** Ranges of an Accept-Language header that are looked at; the rest of the header is ignored. */
const MAX_RANGES = 20;

/**
 * The language that a client prefers among ours. Source of the rule: RFC 9110 §12.5.4 and the lookup of RFC 4647 §3.4
 * (`de-AT` is answered in `de`); of equal weights the first counts, a weight of 0 excludes.
 * @param header the Accept-Language header; absent or malformed means English
 */
export function languageOf(header: string | undefined): Language {
  if (header === undefined) return LANGUAGES[0];
  let best: { language: Language; weight: number } | undefined;
  const excluded = new Set<string>();
  for (const range of header.split(',', MAX_RANGES)) {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = weightOf(parameters);
    const primary = tag.split('-', 1)[0]!;
    if (weight === 0) excluded.add(primary);
    const language = LANGUAGES.find((one) => one === primary || (tag === '*' && !excluded.has(one)));
    if (language && weight > (best?.weight ?? 0)) best = { language, weight };
  }
  return best?.language ?? LANGUAGES[0];
}

/** `q=0.8`: 0 to 1, 1 when it is absent, 0 when it is none. */
function weightOf(parameters: readonly string[]): number {
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  if (q === undefined) return 1;
  const weight = Number(q.slice(2) || 'none');
  return weight >= 0 && weight <= 1 ? weight : 0;
}
