import { GraphQLScalarType } from 'graphql';
import { currentLanguage, type Language, LOCALE } from './language.ts';

const text = (value: unknown): string => {
  if (typeof value !== 'string') throw new TypeError('DateTime is an ISO 8601 string');
  return value;
};

/** An instant as services send it, ISO 8601 in UTC: passed on as it is, without a Date in between. */
export const DateTime = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  description: 'An instant, ISO 8601 in UTC, e.g. 2026-11-21T09:54:33.120Z.',
  serialize: text,
  parseValue: text,
});

const days = new Map<Language, Intl.DateTimeFormat>();

/** The day of an instant, in UTC, as the request's language writes it: `21 November 2026`, `21. November 2026`. */
export function dateText(instant: string): string {
  const language = currentLanguage();
  let format = days.get(language);
  if (!format) {
    format = new Intl.DateTimeFormat(LOCALE[language], { dateStyle: 'long', timeZone: 'UTC' });
    days.set(language, format);
  }
  return format.format(new Date(instant));
}
