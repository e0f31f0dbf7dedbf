const TOGETHER_MS = 1_000;

/**
 * Calls `onStop` for Ctrl-C, SIGTERM, a closed terminal, or when the process that started us is gone.
 * Signals close together are one: npm, the shell and the terminal each pass on the same Ctrl-C.
 */
export function onInterrupt(onStop: (again: boolean) => void, parentMatters = true): void {
  let last = 0;
  let count = 0;
  const heard = (): void => {
    if (performance.now() - last < TOGETHER_MS) return;
    last = performance.now();
    onStop(count++ > 0);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, heard);
  if (parentMatters && process.connected) process.once('disconnect', heard);
}
