import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { ApiHandlers } from './api.handlers.ts';
import { Books } from './books.ts';
import { CallsService, type Notifier } from './calls.service.ts';
import type { CardProcessorEnv } from './card-processor.env.ts';
import { Faults } from './fault.ts';
import { createHttp } from './http.service.ts';
import { Ids } from './ids.ts';
import { JournalRepository } from './journal.repository.ts';
import { LookupsService } from './lookups.service.ts';
import type { Entry } from './outcome.ts';
import { ProcessorService } from './processor.service.ts';
import { SandboxHandlers } from './sandbox.handlers.ts';
import { WebhooksClient } from './webhooks.client.ts';

/** Events older than this are not told again after a restart. */
const OWED_SECONDS = 3_600;

const nobody: Notifier = { wants: () => false, notify: () => {} };

/** The whole sandbox, wired: books from the journal, the API in front, webhooks behind. */
export class SandboxService {
  private readonly owed = new Map<string, Entry>();
  private readonly books = new Books();
  private readonly journal: JournalRepository;
  private readonly webhooks?: WebhooksClient;
  private readonly calls: CallsService;
  private readonly server: Server;

  constructor(
    private readonly env: CardProcessorEnv,
    private readonly log: Logger,
  ) {
    const { WEBHOOK_URL: url, STRIPE_WEBHOOK_SECRET: secret, WEBHOOK_EVENTS: events } = env;
    const ids = new Ids();
    const faults = new Faults();
    this.journal = new JournalRepository(env.CARD_PROCESSOR_DATA ?? null, (record) => {
      if ('delivered' in record) this.owed.delete(record.delivered);
      else this.replay(record);
    });
    if (url !== undefined && secret !== undefined) {
      const delivered = (eventId: string): void => this.journal.append({ delivered: eventId });
      this.webhooks = new WebhooksClient({ url, secret, events }, faults, delivered, log);
    }
    const processor = new ProcessorService(this.books, ids);
    const lookups = new LookupsService(this.books);
    const notifier = this.webhooks ?? nobody;
    this.calls = new CallsService(this.books, processor, lookups, this.journal, faults, notifier, ids);
    const sandbox = new SandboxHandlers(this.books, faults, () => this.reset());
    this.server = createHttp(new ApiHandlers(this.calls, ids, env.STRIPE_SECRET_KEY), sandbox, log);
  }

  /** Resolves with the port once it listens. */
  async start(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      const { LISTEN_FD: fd, PORT: port } = this.env;
      this.server.listen(fd === undefined ? { port, host: '127.0.0.1' } : { fd }, resolve);
    });
    const since = Date.now() / 1000 - OWED_SECONDS;
    for (const entry of this.owed.values()) if (entry.at > since) this.webhooks?.notify(entry);
    this.owed.clear();
    return (this.server.address() as AddressInfo).port;
  }

  /** Closes at once: what was answered is written, what was not is as if the line had gone dead. */
  stop(): void {
    this.calls.clear();
    this.webhooks?.close();
    this.server.close();
    this.server.closeAllConnections();
    this.journal.close();
  }

  private replay(entry: Entry): void {
    this.books.enter(entry);
    if (entry.notify && entry.eventId !== undefined) this.owed.set(entry.eventId, entry);
  }

  private reset(): void {
    this.calls.clear();
    this.webhooks?.clear();
    this.books.clear();
    this.journal.clear();
    this.log.info('reset: the books are empty');
  }
}
