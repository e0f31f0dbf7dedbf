import { currentLanguage, type Language } from '@caravan/graphql';
import { de } from './messages.de.ts';
import { en } from './messages.en.ts';

export type Messages = typeof en;

const BY_LANGUAGE: Readonly<Record<Language, Messages>> = { en, de };

/** The phone's texts in the language of the request. */
export const messages = (): Messages => BY_LANGUAGE[currentLanguage()];
