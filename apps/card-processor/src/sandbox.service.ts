import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { ApiHandlers } from './api.handlers.ts';
import { Books, type Happening } from './books.ts';
import { CallsService } from './calls.service.ts';
import type { CardProcessorEnv } from './card-processor.env.ts';
import { Clock } from './clock.ts';
import { DashboardService } from './dashboard.service.ts';
import { Faults } from './fault.ts';
import { createHttp } from './http.service.ts';
import { Ids } from './ids.ts';
import { JournalRepository, type JournalRecord } from './journal.repository.ts';
import { LookupsService } from './lookups.service.ts';
import { eventsOf } from './outcome.ts';
import { PostClient } from './post.client.ts';
import { ProcessorService } from './processor.service.ts';
import { RecorderService, type Notifier } from './recorder.service.ts';
import { SandboxHandlers } from './sandbox.handlers.ts';
import { UpcomingService } from './upcoming.service.ts';
import { WebhooksClient } from './webhooks.client.ts';

/** Events older than this are not told again after a restart. */
const OWED_SECONDS = 3_600;

const silent: Notifier = { wants: () => false, notify: () => {}, beforeAnswer: () => undefined };

/** The whole sandbox, wired: books from the journal, the API in front, webhooks behind. */
export class SandboxService {
  private readonly owed = new Map<string, Happening>();
  private readonly books = new Books();
  private readonly clock = new Clock();
  private readonly journal: JournalRepository;
  private readonly webhooks?: WebhooksClient;
  private readonly upcoming: UpcomingService;
  private readonly calls: CallsService;
  private readonly server: Server;

  constructor(
    private readonly env: CardProcessorEnv,
    private readonly log: Logger,
  ) {
    const { books, clock } = this;
    const ids = new Ids();
    const faults = new Faults();
    this.journal = new JournalRepository(env.CARD_PROCESSOR_DATA ?? null, (record) => this.replay(record));
    this.webhooks = this.createWebhooks(faults);
    const notifier = this.webhooks ?? silent;
    const recorder = new RecorderService(books, this.journal, notifier, ids);
    this.upcoming = new UpcomingService(books, clock, ids, recorder);
    const processor = new ProcessorService(books, ids);
    const lookups = new LookupsService(books, clock);
    this.calls = new CallsService(books, clock, processor, lookups, recorder, this.journal, faults, notifier);
    const api = new ApiHandlers(this.calls, ids, env.STRIPE_SECRET_KEY);
    const sandbox = new SandboxHandlers(
      books,
      faults,
      clock,
      new DashboardService(books, clock, ids, recorder),
      {
        reset: () => this.reset(),
        advance: (ms) => this.advance(ms),
      },
    );
    this.server = createHttp(api, sandbox, {
      whenWritten: (done) => this.journal.whenWritten(done),
      apiBase: env.STRIPE_API_BASE,
      instance: env.INSTANCE_ID,
      log,
    });
  }

  /** Resolves with the port once it listens. */
  async start(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      const { LISTEN_FD: fd, PORT: port } = this.env;
      this.server.listen(fd === undefined ? { port, host: '127.0.0.1' } : { fd }, resolve);
    });
    const since = this.clock.seconds() - OWED_SECONDS;
    for (const { entry, told } of this.owed.values()) {
      if (entry.at > since) this.webhooks?.notify(entry, told);
    }
    this.owed.clear();
    this.upcoming.start();
    return (this.server.address() as AddressInfo).port;
  }

  /** Closes at once: what was answered is written, what was not is as if the line had gone dead. */
  stop(): void {
    this.calls.clear();
    this.upcoming.stop();
    this.webhooks?.close();
    this.server.close();
    this.server.closeAllConnections();
    this.journal.close();
  }

  private createWebhooks(faults: Faults): WebhooksClient | undefined {
    const { WEBHOOK_URL: url, STRIPE_WEBHOOK_SECRET: secret, WEBHOOK_EVENTS: events } = this.env;
    if (url === undefined || secret === undefined) return undefined;
    const { books, clock, journal, log } = this;
    return new WebhooksClient(
      { events },
      new PostClient(url, secret),
      faults,
      clock,
      (entry) => books.fresh(entry),
      (delivered) => journal.append({ delivered }),
      log,
    );
  }

  private replay(record: JournalRecord): void {
    if ('delivered' in record) this.owed.delete(record.delivered);
    else if ('clock' in record) this.clock.restore(record.clock);
    else if ('stumbled' in record) this.books.stumbled(record.stumbled);
    else {
      this.books.enter(record);
      for (const told of eventsOf(record)) if (told.notify) this.owed.set(told.id, { entry: record, told });
    }
  }

  private advance(ms: number): void {
    this.journal.append({ clock: this.clock.offsetMs + ms });
    this.clock.advance(ms);
    this.upcoming.sweep();
  }

  private reset(): void {
    this.calls.clear();
    this.webhooks?.clear();
    this.books.clear();
    this.clock.restore(0);
    this.journal.clear();
    this.log.info('reset: the books are empty');
  }
}
