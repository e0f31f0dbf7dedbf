import {
  type Customer,
  type FailureData,
  formatMoney,
  type OrderLine,
  outOfStockDetails,
} from '@caravan/contracts';
import type { Notification, NotificationKind, OrderNews } from './notification.ts';

export interface Mail {
  to: { name: string; address: string };
  subject: string;
  text: string;
  html: string;
}

const TITLES: Readonly<Record<NotificationKind, (number: string) => string>> = {
  CONFIRMED: (number) => `Your order ${number} is confirmed`,
  REJECTED: (number) => `Your order ${number} could not be accepted`,
  CANCELLED: (number) => `Your order ${number} is cancelled`,
};

const OPENINGS: Readonly<Record<NotificationKind, string>> = {
  CONFIRMED: 'Thank you for your order. It is confirmed, and we are packing it.',
  REJECTED: 'We are sorry: we could not accept your order. You have not been charged.',
  CANCELLED: 'Your order is cancelled. Whatever you had paid for it is on its way back to you.',
};

/** The mail that tells a customer the news of an order. Nothing from outside gets into the HTML unescaped. */
export function composeMail({ kind, news }: Notification, customer: Pick<Customer, 'name' | 'email'>): Mail {
  const subject = oneLine(TITLES[kind](news.number));
  const greeting = `Hello ${oneLine(customer.name)},`;
  const why = kind === 'REJECTED' && news.reason ? reasons(news.reason, news) : [];
  return {
    to: { name: oneLine(customer.name), address: customer.email },
    subject,
    text: [
      greeting,
      '',
      OPENINGS[kind],
      ...why,
      '',
      `Order ${oneLine(news.number)}`,
      ...news.lines.map((line) => `  ${line.quantity} × ${oneLine(line.name)}: ${lineTotal(line, news)}`),
      `  Total: ${total(news)}`,
      '',
      'Caravan',
      '',
    ].join('\n'),
    html: page(subject, [
      `<p>${escape(greeting)}</p>`,
      `<p>${OPENINGS[kind]}</p>`,
      ...why.map((sentence) => `<p>${escape(sentence)}</p>`),
      `<h2 style="font-size:16px">Order ${escape(oneLine(news.number))}</h2>`,
      table(news),
      `<p>Caravan</p>`,
    ]),
  };
}

const total = ({ totalMinor, currency }: OrderNews): string =>
  formatMoney({ amountMinor: totalMinor, currency });
const lineTotal = ({ totalMinor, currency }: OrderLine, news: OrderNews): string =>
  formatMoney({ amountMinor: totalMinor, currency: currency ?? news.currency });

function reasons(reason: FailureData, news: OrderNews): string[] {
  const missing = outOfStockDetails.safeParse(reason.details).data?.lines ?? [];
  const nameOf = (sku: string) => news.lines.find((line) => line.sku === sku)?.name ?? sku;
  return [
    oneLine(reason.message),
    ...missing.map(
      ({ sku, requested, available }) =>
        `${oneLine(nameOf(sku))}: you asked for ${requested}, ${available === 0 ? 'none is left' : `${available} are left`}.`,
    ),
  ];
}

function table(news: OrderNews): string {
  const row = (left: string, right: string, style = '') =>
    `<tr><td style="padding:4px 24px 4px 0${style}">${escape(left)}</td><td style="padding:4px 0;text-align:right${style}">${escape(right)}</td></tr>`;
  return [
    '<table style="border-collapse:collapse">',
    ...news.lines.map((line) => row(`${line.quantity} × ${oneLine(line.name)}`, lineTotal(line, news))),
    row('Total', total(news), ';border-top:1px solid #999;font-weight:bold'),
    '</table>',
  ].join('');
}

const page = (title: string, body: string[]): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title></head>` +
  `<body style="font-family:sans-serif;color:#222;max-width:560px">${body.join('')}</body></html>`;

/** Text from outside on one line: a name must not be able to write a paragraph of its own. */
const oneLine = (text: string): string => text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim();

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '');
