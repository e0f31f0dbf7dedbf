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

/**
 * This mail can never be delivered: the relay refuses its envelope or content for good (RFC 5321 §4.2.1: 5yz), or its
 * address is none that could be asked for. What is wrong with the relay or our account (a greeting, a login) is not final.
 */
export function isRefusal(error: unknown): boolean {
  const { code, responseCode, command, message } = error as Partial<Refusal>;
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') return false;
  if (responseCode !== undefined) return responseCode >= 500;
  return command === 'API' && !message?.startsWith('Invalid sender');
}

interface Refusal extends Error {
  code: string;
  responseCode: number;
  command: string;
}
