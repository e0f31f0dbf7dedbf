import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { nodeBinary } from '../tools/checkout.ts';
import type { Result, Task } from './generator.ts';

/** The generator's process, in the hands of the one who measures. */
export class Load {
  private readonly child: ChildProcess = fork(join(import.meta.dirname, 'generator.ts'), {
    execPath: nodeBinary,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });

  /** One task at a time. */
  async run(task: Task): Promise<Result> {
    const done = new AbortController();
    const gone = once(this.child, 'exit', done).then((): never => {
      throw new Error('the generator has ended');
    });
    try {
      const answer = once(this.child, 'message', done) as Promise<[{ result?: Result; error?: string }]>;
      this.child.send(task);
      const [{ result, error }] = await Promise.race([answer, gone]);
      if (!result) throw new Error(`the generator failed: ${error}`);
      return result;
    } finally {
      gone.catch(() => undefined);
      done.abort();
    }
  }

  stop(): void {
    this.child.disconnect();
  }
}
