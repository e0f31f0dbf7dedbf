import type { Messages } from './messages.ts';

export const de: Messages = {
  characters: (min, max) => `muss ${min} bis ${max} Zeichen haben`,
  atMost: (max) => `darf höchstens ${max} Zeichen haben`,
  missing: 'darf nicht leer sein',
  unprintable: 'darf keine Steuerzeichen enthalten',
  entries: (max) => `muss 1 bis ${max} Einträge haben`,
  notASku: 'ist keine Artikelnummer dieses Shops',
  quantity: (max) => `muss 1 bis ${max} je Artikel sein`,
  country: 'muss der zweibuchstabige Code eines Landes sein (ISO 3166-1), etwa IE oder DE',
};
