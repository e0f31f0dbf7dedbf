import { type ChildProcess, spawn } from 'node:child_process';

export interface Said {
  /** null when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Somebody at a terminal: runs the commands of tools/ as processes of their own, on one installation. */
export class Operator {
  /** @param env further environment, such as databases where there is no broker */
  constructor(
    private readonly brokerUrl: string,
    private readonly env: Readonly<Record<string, string>> = {},
  ) {}

  /** `run('dlq', 'list')` is `npm run dlq -- list --url …`. */
  run(tool: string, ...words: string[]): Promise<Said> {
    return this.begin(tool, ...words).ended;
  }

  /** What it says with `--json`. @throws when it did not end well */
  async json<T>(tool: string, ...words: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(tool, ...words, '--json');
    if (code !== 0) throw new Error(`${tool} ${words.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** Begins it, for somebody who wants to disturb it. */
  begin(tool: string, ...words: string[]): { process: ChildProcess; ended: Promise<Said> } {
    const args = [
      '--disable-warning=ExperimentalWarning',
      `tools/${tool}.ts`,
      ...words,
      '--url',
      this.brokerUrl,
    ];
    const process_ = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.env },
    });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      process_[name].setEncoding('utf8').on('data', (text: string) => (said[name] += text));
    const ended = new Promise<Said>((resolve, reject) => {
      process_.once('error', reject);
      process_.once('close', (code) => resolve({ code, ...said }));
    });
    return { process: process_, ended };
  }
}
