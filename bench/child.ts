import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { nodeBinary } from '../tools/checkout.ts';

interface News<Answer> {
  ready?: true;
  result?: Answer;
  error?: string;
}

export interface ChildOptions {
  args?: string[];
  /** Of Node; those of a service where the program stands for one. */
  flags?: readonly string[];
  env?: Record<string, string>;
  /** What it prints; to the terminal unless told. */
  logFile?: string;
}

/** A program of the bench in a process of its own: it says when it is ready, and then takes one task a message. */
export class Child<Task extends object = never, Answer = unknown> {
  readonly program: string;
  private readonly process: ChildProcess;

  private constructor(program: string, { args = [], flags = [], env, logFile }: ChildOptions) {
    const log = logFile === undefined ? undefined : openSync(logFile, 'w');
    this.program = program;
    this.process = fork(program, args, {
      execPath: nodeBinary,
      execArgv: ['--disable-warning=ExperimentalWarning', ...flags],
      env,
      stdio: log === undefined ? 'inherit' : ['ignore', log, log, 'ipc'],
    });
    if (log !== undefined) closeSync(log);
    // However the bench ends, nobody stays behind.
    globalThis.process.once('exit', () => this.process.kill('SIGKILL'));
  }

  static async start<Task extends object, Answer>(
    program: string,
    options: ChildOptions = {},
  ): Promise<Child<Task, Answer>> {
    const child = new Child<Task, Answer>(program, options);
    await child.news();
    return child;
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** One task at a time. */
  async run(task: Task): Promise<Answer> {
    const news = this.news();
    this.process.send(task);
    const { result, error } = await news;
    if (error !== undefined) throw new Error(`${this.program} failed: ${error}`);
    return result as Answer;
  }

  async stop(): Promise<void> {
    const { process } = this;
    if (process.exitCode !== null || process.signalCode !== null) return;
    const gone = once(process, 'exit');
    process.kill('SIGTERM');
    const patience = setTimeout(() => process.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(patience);
  }

  private async news(): Promise<News<Answer>> {
    const done = new AbortController();
    const gone = once(this.process, 'exit', done).then((): never => {
      throw new Error(`${this.program} has ended`);
    });
    gone.catch(() => undefined);
    try {
      const [news] = await Promise.race([
        once(this.process, 'message', done) as Promise<[News<Answer>]>,
        gone,
      ]);
      return news;
    } finally {
      done.abort();
    }
  }
}
