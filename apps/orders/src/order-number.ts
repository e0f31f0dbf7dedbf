const BEFORE_THE_FIRST = 100_000;

/** What people read out on the telephone. */
export const orderNumber = (serial: number): string => `CV-${String(BEFORE_THE_FIRST + serial)}`;

/** However it is spelled: `CV-100012`, `cv-100012`. */
export const isOrderNumber = (text: string): boolean => /^cv-\d{6,15}$/i.test(text);

/** The serial behind a number; there is none below 1. */
export const serialOf = (number: string): number => Number(number.slice(3)) - BEFORE_THE_FIRST;
