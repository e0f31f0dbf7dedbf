export function whenGone(command: string, args: readonly string[], env?: Record<string, string>): () => void;
export function endGroupWhenGone(pid: number): () => void;
