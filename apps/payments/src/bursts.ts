/**
 * What `pending` comes to, in bursts: all together when they are quick, else what has finished, every `everyMs`.
 * Ends when all have, or after `patienceMs`, leaving the rest behind. The promises must not reject.
 */
export async function* bursts<T>(
  pending: readonly Promise<T>[],
  everyMs: number,
  patienceMs = Infinity,
): AsyncGenerator<T[]> {
  let finished: T[] = [];
  let left = pending.length;
  const all = Promise.all(
    pending.map(async (one) => {
      const value = await one;
      finished.push(value);
      left--;
    }),
  );
  const start = performance.now();
  while (left > 0 && performance.now() - start < patienceMs) {
    await within(all, everyMs);
    if (finished.length === 0) continue;
    const burst = finished;
    finished = [];
    yield burst;
  }
  if (finished.length > 0) yield finished;
}

async function within(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
