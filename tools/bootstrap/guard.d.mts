export function whenGone(command: string, args: readonly string[], env?: Record<string, string>): () => void;
export function guardGroups(): { add(pid: number): void; dismiss(): void };
