import type { Books, Happening } from './books.ts';
import type { Clock } from './clock.ts';
import type { Form } from './form.ts';
import type { Intent } from './intent.ts';
import type { Operation } from './operation.ts';
import { invalidParam, noSuch } from './processor.errors.ts';
import {
  toCharge,
  toDispute,
  toEvent,
  toIntent,
  toPage,
  toRefund,
  toSearchResult,
} from './stripe.mapping.ts';

const CLAUSE =
  /^\s*(?:metadata\[(?:"([^"]+)"|'([^']+)')\]|(status|currency|customer))\s*:\s*(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)')\s*(?:AND\b|$)/i;

/** The calls that change nothing, answered in Stripe's shapes. */
export class LookupsService {
  constructor(
    private readonly books: Books,
    private readonly clock: Clock,
  ) {}

  /** `lagMs`: how far search is behind, as Stripe's may be. */
  look(operation: Operation, id: string, form: Form, lagMs: number): object {
    switch (operation) {
      case 'retrieve':
        return toIntent(found(this.books.intent(id), 'payment_intent', id), form.expands('latest_charge'));
      case 'list':
        return page('/v1/payment_intents', this.listed(form), form, toIntent);
      case 'search':
        return this.search(form, lagMs);
      case 'retrieve-refund':
        return toRefund(found(this.books.refund(id), 'refund', id));
      case 'list-refunds':
        return page('/v1/refunds', this.ofPayment(form, this.books.allRefunds()), form, toRefund);
      case 'retrieve-dispute':
        return toDispute(found(this.books.dispute(id), 'dispute', id));
      case 'list-disputes':
        return page('/v1/disputes', this.ofPayment(form, this.books.allDisputes()), form, toDispute);
      case 'retrieve-charge': {
        const intent = this.books.intent(`pi_${id.slice(3)}`);
        return toCharge(found(intent?.charge === id ? intent : undefined, 'charge', id));
      }
      case 'list-charges':
        return this.charges(form);
      case 'retrieve-event':
        return eventOf(
          found(
            this.books.events().find(({ told }) => told.id === id),
            'event',
            id,
          ),
        );
      case 'list-events':
        return this.events(form);
      default:
        throw new Error(`${operation} is no lookup`);
    }
  }

  private listed(form: Form): Intent[] {
    const customer = form.text('customer');
    const within = createdWithin(form);
    return this.books
      .allIntents()
      .filter((intent) => within(intent.created) && (customer === undefined || intent.customer === customer));
  }

  /** Narrows refunds or disputes, newest first, to a payment intent, a charge and times. */
  private ofPayment<T extends { readonly intent: string; readonly charge: string; readonly created: number }>(
    form: Form,
    all: readonly T[],
  ): T[] {
    const intent = form.text('payment_intent');
    const charge = form.text('charge');
    const within = createdWithin(form);
    return all.filter(
      (one) =>
        within(one.created) &&
        (intent === undefined || one.intent === intent) &&
        (charge === undefined || one.charge === charge),
    );
  }

  private charges(form: Form): object {
    const of = form.text('payment_intent');
    const charged = this.listed(form)
      .filter(({ id, charge }) => charge !== null && (of === undefined || id === of))
      .map((intent) => ({ id: intent.charge!, intent }));
    return page('/v1/charges', charged, form, ({ intent }) => toCharge(intent));
  }

  private events(form: Form): object {
    const type = form.text('type');
    const within = createdWithin(form);
    const events = this.books
      .events()
      .filter(({ told, entry }) => within(entry.at) && (type === undefined || told.type === type))
      .map((happening) => ({ id: happening.told.id, happening }));
    return page('/v1/events', events, form, ({ happening }) => eventOf(happening));
  }

  private search(form: Form, lagMs: number): object {
    const query = parseQuery(form.required('query'));
    const orderId = query.get('metadata.order_id');
    const candidates = orderId === undefined ? this.books.allIntents() : this.books.intentsOfOrder(orderId);
    const newest = (this.clock.now() - lagMs) / 1000;
    const hits = candidates.filter(
      (intent) =>
        intent.created <= newest && [...query].every(([field, value]) => valueOf(intent, field) === value),
    );
    const limit = form.integer('limit', 10, 1, 100);
    return toSearchResult(
      '/v1/payment_intents/search',
      hits.slice(0, limit).map((intent) => toIntent(intent)),
      hits.length > limit,
    );
  }
}

const eventOf = ({ entry, told }: Happening): object => toEvent(entry, told);

function found<T>(thing: T | undefined, what: string, id: string): T {
  if (thing === undefined) throw noSuch(what, id, what === 'payment_intent' ? 'intent' : 'id');
  return thing;
}

function valueOf(intent: Intent, field: string): string | null | undefined {
  if (field.startsWith('metadata.')) return intent.metadata[field.slice(9)];
  return intent[field as 'status' | 'currency' | 'customer'];
}

/** `metadata['order_id']:'…' AND status:'…'`: the part of Stripe's search language that needs no index. */
function parseQuery(query: string): Map<string, string> {
  const clauses = new Map<string, string>();
  for (let rest = query; rest.trim() !== '';) {
    const match = CLAUSE.exec(rest);
    if (!match) throw invalidParam('query', `We were unable to parse your search query at: ${rest}`);
    const [whole, quoted, apostrophed, field, ...values] = match;
    const key = quoted ?? apostrophed;
    const value = values[0] ?? values[1] ?? '';
    clauses.set(key === undefined ? field!.toLowerCase() : `metadata.${key}`, value.replace(/\\(.)/g, '$1'));
    rest = rest.slice(whole.length);
  }
  return clauses;
}

function createdWithin(form: Form): (created: number) => boolean {
  const bound = (name: string, fallback: number): number =>
    form.integer(name, fallback, 0, Number.MAX_SAFE_INTEGER);
  const [exactly, gt, gte, lt, lte] = [
    bound('created', -1),
    bound('created[gt]', -1),
    bound('created[gte]', -1),
    bound('created[lt]', Infinity),
    bound('created[lte]', Infinity),
  ];
  return (created) =>
    (exactly === -1 || created === exactly) &&
    created > gt &&
    created >= gte &&
    created < lt &&
    created <= lte;
}

/** One page of a list that is newest first. */
function page<T extends { readonly id: string }>(
  url: string,
  all: readonly T[],
  form: Form,
  map: (item: T) => object,
): object {
  const limit = form.integer('limit', 10, 1, 100);
  const after = form.text('starting_after');
  const before = form.text('ending_before');
  const place = (id: string, param: string): number => {
    const index = all.findIndex((item) => item.id === id);
    if (index < 0) throw noSuch('object', id, param);
    return index;
  };
  const from = after === undefined ? 0 : place(after, 'starting_after') + 1;
  const to = before === undefined ? all.length : place(before, 'ending_before');
  const start = before === undefined ? from : Math.max(from, to - limit);
  const items = all.slice(start, Math.min(to, start + limit));
  const hasMore = before === undefined ? start + items.length < to : start > from;
  return toPage(
    url,
    items.map((item) => map(item)),
    hasMore,
  );
}
