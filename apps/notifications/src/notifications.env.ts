import { type EnvOf, serviceEnv } from '@caravan/platform';
import { z } from 'zod';

export const notificationsEnv = serviceEnv('notifications', {
  RABBITMQ_URL: z.url(),
  DATABASE_URL: z.url(),
  /** `smtp://user:password@host:port`, or `smtps:` for TLS from the first byte. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }),
  /** Who the mails come from, as a mail header spells it: `Caravan <orders@example.com>`. */
  MAIL_FROM: z
    .string()
    .regex(/^(?:[^\r\n<>@]*<)?[^\s<>@]+@[^\s<>@]+>?$/, 'must be an address or "Name <address>"'),
  /** Mails a second that this process sends at most; relays have limits, and the shop's own work goes first. */
  MAIL_RATE: z.coerce.number().positive().default(50),
  /** After so many tries a mail is given up: by default after some two hours. */
  MAIL_ATTEMPTS: z.coerce.number().int().min(1).default(16),
});

export type NotificationsEnv = EnvOf<typeof notificationsEnv>;
