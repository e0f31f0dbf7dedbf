import type { World } from '../world.ts';

/** A rule of the sandbox; apps/card-processor/README.md says what each kind does. */
export interface CardFault {
  readonly operation: string;
  readonly kind: string;
  readonly probability?: number;
  readonly count?: number;
  readonly status?: number;
  readonly retryAfter?: number;
  readonly delayMs?: number;
  readonly when?: 'before' | 'after';
  readonly event?: string;
  readonly stored?: boolean;
  readonly orderId?: string;
}

/** Puts these rules in force, in the place of all before; none: it is well again. */
export async function setCardFaults(
  { stack, random }: Pick<World, 'stack' | 'random'>,
  faults: readonly CardFault[],
): Promise<void> {
  await tell(stack, 'faults', { seed: random.int(1, 1_000_000), faults });
}

/** Moves the sandbox's clock: what becomes due there happens before this returns. */
export const advanceCards = ({ stack }: Pick<World, 'stack'>, ms: number): Promise<void> =>
  tell(stack, 'clock', { advanceMs: ms });

/** Rules that change nothing and count the calls for each of these orders; at most a hundred. */
export const countedCards = (orderIds: readonly string[]): CardFault[] =>
  orderIds.map((orderId) => ({ operation: '*', kind: 'delay', delayMs: 0, orderId }));

/** How often each order's rule was used: with `countedCards`, its calls. */
export async function cardCalls({ stack }: Pick<World, 'stack'>): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${stack.cardProcessorUrl}/sandbox/faults`);
  const { faults } = (await response.json()) as { faults: { orderId?: string; fired: number }[] };
  return new Map(faults.map(({ orderId = '*', fired }) => [orderId, fired]));
}

async function tell({ cardProcessorUrl }: World['stack'], what: string, body: object): Promise<void> {
  const response = await fetch(`${cardProcessorUrl}/sandbox/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the sandbox refused this: ${await response.text()}`);
}
