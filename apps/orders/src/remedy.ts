import type { OrderHistory, OrderStatus } from '@caravan/contracts';

export type Remedy = OrderHistory['remedies'][number];

/** What a remedy depends on: how the order's sagas stand. */
export interface Standing {
  readonly type: string;
  readonly state: 'running' | 'undoing' | 'completed' | 'rolled_back';
  readonly step: string;
  readonly stuck: boolean;
  readonly waitsFor: 'answer' | 'retry' | null;
  readonly dueAt: Date | null;
}

/** What an operator can do for an order; the services decide again when it is done. */
export function remediesFor(
  order: { readonly status: OrderStatus; readonly cancelRequested: boolean },
  sagas: readonly Standing[],
): Remedy[] {
  const remedies: Remedy[] = [];
  const paused = sagas.find(({ waitsFor }) => waitsFor === 'retry');
  if (paused) {
    const when = paused.dueAt?.toISOString().slice(0, 19).replace('T', ' ') ?? '';
    remedies.push({
      action: 'retry',
      effect: `takes up "${paused.step}" of the ${paused.type} now instead of at ${when} UTC`,
    });
  }
  const cancellation = sagas.find(({ type }) => type === 'cancellation');
  if (order.status === 'NEEDS_ATTENTION' && cancellation?.state === 'completed')
    remedies.push({
      action: 'retry',
      effect: 'asks for the refund again, and ends as CANCELLED when the refund succeeds',
    });
  const effect = compensation(order, sagas[0]);
  if (effect) remedies.push({ action: 'compensate', effect });
  return remedies;
}

function compensation(
  { status, cancelRequested }: { readonly status: OrderStatus; readonly cancelRequested: boolean },
  checkout: Standing | undefined,
): string | undefined {
  if (status === 'PENDING' && checkout?.state === 'running') return 'rolls the checkout back';
  if (checkout?.state === 'undoing' || (status !== 'CONFIRMED' && status !== 'NEEDS_ATTENTION'))
    return undefined;
  if (checkout?.state === 'running' && checkout.stuck)
    return `gives up "${checkout.step}" and begins a cancellation that voids or refunds and returns the stock`;
  if (cancelRequested) return undefined;
  return checkout?.state === 'running'
    ? `begins a cancellation as soon as "${checkout.step}" is done`
    : 'begins a cancellation that refunds and returns the stock';
}
