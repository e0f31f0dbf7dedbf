import type { FailureData } from '@caravan/contracts';
import { currentLanguage, type Language } from './language.ts';
import { de } from './messages.de.ts';
import { en } from './messages.en.ts';

export type Messages = typeof en;

const BY_LANGUAGE: Readonly<Record<Language, Messages>> = { en, de };

/** The texts of the request's language. */
export const messages = (): Messages => BY_LANGUAGE[currentLanguage()];

/** Why something was refused, in the language of the request. */
export const failureText = ({ code, message }: Pick<FailureData, 'code' | 'message'>): string =>
  messages().failures[code] ?? message;
