/**
 * Waits until `check` passes: neither throws nor rejects.
 * @param withinMs milliseconds after which its last error is thrown
 * @returns what `check` returned
 */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = 10_000): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }
}
