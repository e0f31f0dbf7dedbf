import type { Messages } from './messages.ts';

export const de: Messages = {
  greeting: (name) => `Hallo, ${name}`,
  welcome: 'Willkommen bei Caravan',
  order: (number) => `Bestellung ${number}`,
  andMore: (name, others) => `${name} und ${others} weitere`,

  confirmed: 'Vielen Dank, Ihre Bestellung ist bestätigt.',
  pending: 'Wir haben Ihre Bestellung und bearbeiten sie.',
  attention: 'Wir haben Ihre Bestellung; jemand sieht sie sich an.',
  wasCancelled: 'Diese Bestellung wurde storniert.',
  rejected: 'Die Bestellung konnte nicht angenommen werden.',
  conflict: 'Dieser Einkauf wurde schon für eine andere Bestellung verwendet. Beginnen Sie einen neuen.',
  check: (issues) => `Bitte prüfen: ${issues}`,
  soldOut: (name) => `${name} ist ausverkauft`,
  onlyLeft: (available, name) => `nur noch ${available} × ${name}`,
  sorry: (what) => `Leider: ${what}.`,
  notCancellable: 'Diese Bestellung kann nicht mehr storniert werden.',
  cancelled: 'Die Bestellung ist storniert.',
  cancelling: 'Die Bestellung wird storniert.',

  noPaymentDetails: 'Zur Zahlung ist im Moment nichts zu erfahren',
  nothingCharged: 'Es wurde nichts abgebucht',
  nothingToPay: 'Nichts zu bezahlen',
  payment: {
    PENDING: (amount) => `${amount} werden bezahlt`,
    AUTHORIZED: (amount) => `${amount} auf Ihrer Karte vorgemerkt`,
    CAPTURED: (amount) => `${amount} bezahlt`,
    DECLINED: () => 'Zahlung abgelehnt, es wurde nichts abgebucht',
    VOIDED: () => 'Es wurde nichts abgebucht',
    REFUNDED: (_, refunded) => `${refunded} erstattet`,
    UNKNOWN: (amount) => `Wir fragen Ihre Bank nach ${amount}`,
  },

  partlyRefunded: (refunded) => `davon ${refunded} erstattet`,
  disputed: 'bei Ihrer Bank beanstandet',
  disputeClosed: (status) =>
    `Beanstandung ${status === 'won' ? 'abgelehnt' : status === 'lost' ? 'anerkannt' : status}`,

  progress: {
    checkout: {
      started: 'Ihre Bestellung ist eingegangen',
      'rolled back': 'Die Bestellung kam nicht zustande',
    },
    'reserve stock': {
      done: 'Ihre Artikel sind zurückgelegt',
      refused: 'Nicht alle Artikel sind vorrätig',
      undone: 'Ihre Artikel sind wieder im Regal',
    },
    'authorize payment': {
      done: 'Ihre Karte wurde angenommen',
      refused: 'Ihre Karte wurde abgelehnt',
      undone: 'Es wurde nichts abgebucht',
    },
    'confirm order': { done: 'Ihre Bestellung ist bestätigt' },
    'capture payment': { done: 'Ihre Zahlung ist eingegangen' },
    'refund payment': { done: 'Ihr Geld ist auf dem Rückweg' },
    'cancel order': { done: 'Ihre Bestellung ist storniert' },
  },
};
