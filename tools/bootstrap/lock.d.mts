export function withLock<T>(
  folder: string,
  waiting: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T>;
