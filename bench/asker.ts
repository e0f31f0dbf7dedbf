import { closedLoop, codeOf, type Limits } from './closed-loop.ts';

/** The asking side of a transport, in a process of its own: `node asker.ts MODULE`, where the module knows how to ask. */
export interface AskTask extends Limits {
  concurrency: number;
  data: object;
  /** Another function of the module than `ask`. */
  by?: string;
}

const ways = (await import(process.argv[2] ?? '')) as Record<string, (data: object) => Promise<unknown>>;

process.on('message', ({ data, by = 'ask', ...limits }: AskTask) => {
  const one = (): Promise<string> => ways[by]!(data).then(() => 'answered', codeOf);
  void closedLoop(limits, one).then((result) => process.send?.({ result: { ...result, cpuMs: 0 } }));
});
process.send?.({ ready: true });
