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
  invalidOrder: 'Die Bestellung kann so nicht angenommen werden.',
  keyUsed: 'Dieser Schlüssel gehört zu einer anderen Bestellung. Eine neue Bestellung braucht einen neuen.',
  failures: {
    'saga.timed-out': 'Die Bestellung wurde nicht rechtzeitig fertig. Es wurde nichts abgebucht.',
    'inventory.out-of-stock': 'Nicht alles ist in der gewünschten Menge vorrätig.',
    'payments.declined': 'Die Karte wurde abgelehnt.',
    'payments.invalid-method': 'Diese Zahlungsart gibt es nicht.',
    'payments.invalid-amount': 'Dieser Betrag kann nicht mit einer Karte bezahlt werden.',
    'orders.cancelled': 'Die Bestellung wurde vom Kunden storniert.',
    'orders.compensated-by-operator': 'Der Shop hat die Bestellung zurückgenommen.',
  },
};
