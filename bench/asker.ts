import { closedLoop, codeOf, type Limits } from './closed-loop.ts';

/** The asking side of a transport, in a process of its own: `node asker.ts MODULE`, where the module knows how to ask. */
export interface AskTask extends Limits {
  concurrency: number;
  data: object;
}

const { ask } = (await import(process.argv[2] ?? '')) as { ask: (data: object) => Promise<unknown> };

process.on('message', ({ data, ...limits }: AskTask) => {
  const one = (): Promise<string> => ask(data).then(() => 'answered', codeOf);
  void closedLoop(limits, one).then((result) => process.send?.({ result: { ...result, cpuMs: 0 } }));
});
process.send?.({ ready: true });
