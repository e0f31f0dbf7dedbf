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
}

/** Puts these rules in force, in the place of all before; none: it is well again. */
export async function setCardFaults(
  { stack, random }: Pick<World, 'stack' | 'random'>,
  faults: readonly CardFault[],
): Promise<void> {
  const response = await fetch(`${stack.cardProcessorUrl}/sandbox/faults`, {
    method: 'POST',
    body: JSON.stringify({ seed: random.int(1, 1_000_000), faults }),
  });
  if (!response.ok) throw new Error(`the sandbox refused these faults: ${await response.text()}`);
}
