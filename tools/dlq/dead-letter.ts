import { createHash } from 'node:crypto';
import { DEAD_LETTER } from '../../libs/contracts/src/index.ts';

/** A message that its service could not handle, as an operator sees it. */
export interface DeadLetter {
  service: string;
  /** Of the message, by which the inbox knows it; `raw-…`, from its content, where it has none. */
  id: string;
  /** The others that travel in the same letter. */
  furtherIds: string[];
  type: string;
  reason: string;
  /** How often it was tried; null when the broker set it aside. */
  attempts: number | null;
  diedAt: string | null;
  order: string | null;
  traceId: string | null;
  bytes: number;
}

interface Item {
  id?: unknown;
  type?: unknown;
  trace?: unknown;
  sagaId?: unknown;
  data?: { orderId?: unknown; sagaId?: unknown } | null;
}

/** What it is read from, such as a message of a queue. */
export interface Letter {
  readonly content: Buffer;
  readonly properties: { readonly headers?: Readonly<Record<string, unknown>> | undefined };
}

export function readDeadLetter(service: string, { content, properties }: Letter): DeadLetter {
  const headers = properties.headers ?? {};
  const death = (headers['x-death'] as { reason?: string; time?: { value?: number } }[] | undefined)?.[0];
  const items = readItems(content) ?? [];
  const [id = rawId(content), ...furtherIds] = items.map((item) =>
    typeof item.id === 'string' && item.id.length === 36 ? item.id : rawId(content),
  );
  const attempts = headers[DEAD_LETTER.attempts];
  const diedAt = headers[DEAD_LETTER.diedAt] ?? isoOf(death?.time?.value);
  return {
    service,
    id,
    furtherIds: [...new Set(furtherIds)].filter((other) => other !== id),
    type: text(items[0]?.type) ?? text(headers[DEAD_LETTER.type]) ?? 'unknown',
    reason:
      text(headers[DEAD_LETTER.reason]) ?? `set aside by the broker: ${death?.reason ?? 'no reason told'}`,
    attempts: typeof attempts === 'number' ? attempts : null,
    diedAt: text(diedAt) ?? null,
    order: items.map(orderOf).find((order) => order !== null) ?? null,
    traceId: /^00-([0-9a-f]{32})-/.exec(text(items[0]?.trace) ?? '')?.[1] ?? null,
    bytes: content.length,
  };
}

/** The body as items, or undefined when it is not an array of objects. */
export function readItems(content: Buffer): Item[] | undefined {
  try {
    const body: unknown = JSON.parse(content.toString());
    const isObject = (item: unknown) => typeof item === 'object' && item !== null && !Array.isArray(item);
    return Array.isArray(body) && body.every(isObject) ? (body as Item[]) : undefined;
  } catch {
    return undefined;
  }
}

/** The body as it is to be handled from the beginning: the same ids, no attempts behind them. What cannot be read stays as it is. */
export function afresh(content: Buffer): Buffer {
  const items = readItems(content);
  if (!items) return content;
  try {
    return Buffer.from(JSON.stringify(items.map((item) => ({ ...item, attempt: undefined }))));
  } catch {
    return content;
  }
}

const rawId = (content: Buffer): string =>
  `raw-${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The broker tells its times in whole seconds. */
const isoOf = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : new Date(seconds * 1_000).toISOString();

/** A saga's id is its type and its order: `checkout:0190…`. */
function orderOf({ data, sagaId }: Item): string | null {
  const saga = text(data?.sagaId) ?? text(sagaId);
  return text(data?.orderId) ?? saga?.slice(saga.indexOf(':') + 1) ?? null;
}
