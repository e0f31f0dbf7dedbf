import type { Books } from './books.ts';
import type { Ids } from './ids.ts';
import type { JournalRepository } from './journal.repository.ts';
import { eventsOf, type Entry, type EventType, type Outcome, type Told } from './outcome.ts';

/** Receives the events that a webhook is owed for. */
export interface Notifier {
  wants(event: EventType): boolean;
  notify(entry: Entry, told: Told): void;
  /** Settles when a webhook of the entry that must come before the answer was tried; undefined if there is none. */
  beforeAnswer(entry: Entry): Promise<void> | undefined;
}

/** Time, caller and idempotency key of a change. */
export type About = Pick<Entry, 'at' | 'request' | 'key' | 'print'>;

/** The only way in which something happens: books and journal first, webhooks once the journal is written. */
export class RecorderService {
  constructor(
    private readonly books: Books,
    private readonly journal: JournalRepository,
    private readonly notifier: Notifier,
    private readonly ids: Ids,
  ) {}

  record(outcome: Outcome, about: About): Entry {
    const entry = this.withEvents({ ...outcome, ...about });
    this.books.enter(entry);
    this.journal.append(entry);
    this.journal.whenWritten(() => {
      for (const told of eventsOf(entry)) if (told.notify) this.notifier.notify(entry, told);
    });
    return entry;
  }

  private withEvents(entry: Entry): Entry {
    const { event, alsoEvents } = entry;
    if (!event) return entry;
    const [first, ...others] = [event, ...(alsoEvents ?? [])].map((type) => this.told(type));
    const own = { ...entry, eventId: first!.id, notify: first!.notify };
    return others.length > 0 ? { ...own, alsoTold: others } : own;
  }

  private told(type: EventType): Told {
    return { id: this.ids.next('evt'), type, notify: this.notifier.wants(type) };
  }
}
