const TOGETHER_MS = 1_000;

/**
 * A supervisor is not ended by what it meets: a full disk, a terminal or reader that is gone, no handles left. It says so
 * and watches on.
 */
export function surviveAccidents(say: (line: string) => void): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  for (const name of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(name, (error: unknown) => {
      const { message, code } = error as NodeJS.ErrnoException;
      say(`  the supervisor met ${code ?? 'an error'} and goes on: ${message}`);
    });
}

/**
 * Calls `onStop` for Ctrl-C, SIGTERM, a closed terminal, or when the process that started us is gone.
 * Signals close together are one: npm, the shell and the terminal each pass on the same Ctrl-C.
 */
export function onInterrupt(onStop: (again: boolean) => void, parentMatters = true): void {
  let last = -TOGETHER_MS;
  let count = 0;
  const heard = (): void => {
    if (performance.now() - last < TOGETHER_MS) return;
    last = performance.now();
    onStop(count++ > 0);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, heard);
  if (parentMatters && process.connected) process.once('disconnect', heard);
}
