import { describe, expect, it } from '@jest/globals';
import { composeMail } from './mail.ts';
import { Notification, type NotificationKind, type OrderNews } from './notification.ts';

const news: OrderNews = {
  orderId: '018f0000-0000-7000-8000-000000000001',
  number: 'C-1001',
  customerId: '018f0000-0000-7000-8000-000000000002',
  lines: [
    { sku: 'KIT-MUG-OAT', name: 'Stoneware Mug, Oat', quantity: 2, unitPriceMinor: 1490, totalMinor: 2980 },
    { sku: 'X', name: '<b>Tea</b> & "Co"', quantity: 1, unitPriceMinor: 120_000, totalMinor: 120_000 },
  ],
  totalMinor: 122_980,
  currency: 'EUR',
};
const mail = (kind: NotificationKind, extra: Partial<OrderNews> = {}, name = 'Ada') =>
  composeMail(new Notification(news.orderId, kind, { ...news, ...extra }, 1, ''), {
    name,
    email: 'ada@example.com',
  });

describe('mail', () => {
  it('tells number, lines and total', () => {
    const { subject, text, html } = mail('CONFIRMED');
    expect(subject).toBe('Your order C-1001 is confirmed');
    expect(text).toContain('Hello Ada,');
    expect(text).toContain('  2 × Stoneware Mug, Oat: €29.80');
    expect(text).toContain('  Total: €1,229.80');
    expect(html).toContain('2 × Stoneware Mug, Oat</td>');
    expect(html).toContain('€1,229.80');
  });

  it('escapes whatever comes from outside', () => {
    const { html, subject, to } = mail(
      'CONFIRMED',
      { number: 'C\r\nBcc: x@y' },
      '<script>alert(1)</script>\nPS: pay me',
    );
    expect(html).toContain('&lt;b&gt;Tea&lt;/b&gt; &amp; &quot;Co&quot;');
    expect(html).toContain('Hello &lt;script&gt;alert(1)&lt;/script&gt; PS: pay me,');
    expect(html).not.toContain('<script>');
    expect(to.name).toBe('<script>alert(1)</script> PS: pay me');
    expect(subject).toBe('Your order C Bcc: x@y is confirmed');
  });

  it('says why an order was rejected, and what is left', () => {
    const reason = {
      code: 'inventory.out-of-stock',
      message: 'Not enough.',
      details: { lines: [{ sku: 'KIT-MUG-OAT', requested: 2, available: 0 }] },
    };
    const { text, html } = mail('REJECTED', { reason });
    expect(text).toContain('Not enough.\nStoneware Mug, Oat: you asked for 2, none is left.');
    expect(html).toContain('<p>Not enough.</p>');
    expect(text).toContain('You have not been charged.');
  });

  it('says that money comes back when an order is cancelled', () => {
    expect(mail('CANCELLED').text).toContain('on its way back');
  });

  it.each([
    ['JPY', '1,490', '122,980'],
    ['KWD', '1.490', '122.980'],
    ['HUF', '14.90', '1,229.80'],
  ])('writes amounts with the decimals of %s', (currency, line, total) => {
    const lines = [{ sku: 'X', name: 'Tea', quantity: 1, unitPriceMinor: 1490, totalMinor: 1490, currency }];
    const { text, html } = mail('CONFIRMED', { currency, lines });
    for (const written of [text, html]) {
      expect(written).toContain(line);
      expect(written).toContain(total);
    }
  });
});
