/**
 * Milliseconds after which a test gives up waiting for something that has to happen. One bound for all, longer than any
 * deadline of the product: on a busy machine a shorter one would end before the thing that it waits for.
 */
export const GIVE_UP_MS = 60_000;

/**
 * Waits until `check` passes: neither throws nor rejects.
 * @param withinMs milliseconds after which its last error is thrown
 * @returns what `check` returned
 */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = GIVE_UP_MS): Promise<T> {
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }
}
