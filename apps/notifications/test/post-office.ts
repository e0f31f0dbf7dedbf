import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Delivered {
  to: string;
  raw: string;
}

/** A mail relay that keeps what it is given, and can be told to refuse. */
export class PostOffice {
  readonly delivered: Delivered[] = [];
  /** What the next mails are answered with instead of being taken. */
  readonly refusals: { code: number; text: string }[] = [];
  /** What a mail waits for before it is answered. */
  mayAnswer: Promise<void> = Promise.resolve();
  private readonly server: SMTPServer;

  constructor() {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', async () => {
          await this.mayAnswer;
          const refusal = this.refusals.shift();
          if (refusal)
            return callback(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
          const to = session.envelope.rcptTo.map(({ address }) => address).join(', ');
          this.delivered.push({ to, raw: Buffer.concat(chunks).toString() });
          callback();
        });
      },
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', () => resolve()));
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  /** Message-IDs of what was delivered about an order. */
  messageIds(orderId: string): string[] {
    const ids = this.delivered.map(({ raw }) => /^Message-ID: (.*)$/m.exec(raw)?.[1]?.trim() ?? '');
    return ids.filter((id) => id.includes(orderId));
  }
}
