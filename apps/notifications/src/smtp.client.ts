import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ENV } from '@caravan/platform';
import { createTransport } from 'nodemailer';
import type { Mail } from './mail.ts';
import type { NotificationsEnv } from './notifications.env.ts';

const CONNECTIONS = 4;
const SILENCE_MS = 10_000;

/** The relay that takes our mails. */
@Injectable()
export class SmtpClient implements OnApplicationShutdown {
  readonly domain: string;
  private readonly from: string;
  private readonly relay;

  constructor(@Inject(ENV) env: NotificationsEnv) {
    this.from = env.MAIL_FROM;
    this.domain = this.from.slice(this.from.lastIndexOf('@') + 1).replace('>', '');
    this.relay = createTransport({
      url: env.SMTP_URL,
      pool: true,
      maxConnections: CONNECTIONS,
      maxMessages: 1_000,
      connectionTimeout: SILENCE_MS / 2,
      greetingTimeout: SILENCE_MS / 2,
      socketTimeout: SILENCE_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /** Ends when the relay has taken the mail. @throws whatever the relay or the way to it says */
  async send(mail: Mail, messageId: string): Promise<void> {
    await this.relay.sendMail({
      ...mail,
      from: this.from,
      messageId,
      // RFC 3834: nobody's absence note shall answer.
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  }

  onApplicationShutdown(): void {
    this.relay.close();
  }
}

/** The relay refuses this mail for good (RFC 5321 §4.2.1: 5yz to the envelope or the content); trying again would not help. */
export function isRefusal(error: unknown): boolean {
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== undefined && responseCode >= 500;
}
