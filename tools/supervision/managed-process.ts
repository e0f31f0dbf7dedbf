import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { closeSync, openSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { labelOf } from '../system-plan.ts';
import { BackOff } from './back-off.ts';
import { ListeningSocket } from './listening-socket.ts';
import { lastLines, rotate } from './log-file.ts';
import { type ProcessIdentity, identify } from './process-identity.ts';

/** Nobody is left waiting at the port of a process that is away for so long. */
const LONG_MS = 1_000;

export type ProcessState = 'starting' | 'ready' | 'degraded' | 'stopped';

export interface ProcessSpec {
  name: string;
  replica: number;
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd?: string;
  uid?: number;
  gid?: number;
  logFile: string;
  /** True once it can do its work; asked often while it starts, every two seconds later. */
  ready(): Promise<boolean>;
  stopSignal?: NodeJS.Signals;
  hurrySignal?: NodeJS.Signals;
  /** How long it may take to end after the stop signal. */
  graceMs: number;
  port?: number;
  /**
   * Its port is bound here and handed to it as LISTEN_FD. `kept`: while it is away after a death, who connects waits
   * for its return; `released`: is refused, and may go to another replica.
   */
  socket?: 'kept' | 'released';
  managementPort?: number;
  url?: string;
}

export interface Death {
  how: string;
  againInMs: number;
  inARow: number;
}

interface Events {
  change: [];
  died: [Death];
}

/** One process of ours: started in its own session, watched, started again when it dies, stopped. */
export class ManagedProcess extends EventEmitter<Events> {
  spec: ProcessSpec;
  state: ProcessState = 'stopped';
  identity: ProcessIdentity | undefined;
  startedAt: string | undefined;
  restarts = 0;
  private socket: ListeningSocket | undefined;
  /** The socket is another's, who decides whether it stays open. */
  private borrowed = false;
  private readonly backOff = new BackOff();
  private child: ChildProcess | undefined;
  private doomed: ChildProcess | undefined;
  /** When it became ready, of this life. */
  private readySince: number | undefined;
  private logFrom = 0;
  private stopping = false;
  private again: NodeJS.Timeout | undefined;

  constructor(spec: ProcessSpec) {
    super();
    this.spec = spec;
  }

  get label(): string {
    return labelOf(this.spec);
  }

  start(): void {
    const { spec } = this;
    if (this.restarts === 0) rotate(spec.logFile);
    this.logFrom = statSync(spec.logFile, { throwIfNoEntry: false })?.size ?? 0;
    this.readySince = undefined;
    let child: ChildProcess;
    try {
      child = this.spawn();
    } catch (error) {
      // The port is taken: the same as a process that ends at once.
      setImmediate(() => this.onDeath(undefined, `did not start: ${(error as Error).message}`));
      return this.become('starting');
    }
    this.child = child;
    this.identity = child.pid === undefined ? undefined : identify(child.pid);
    this.startedAt = new Date().toISOString();
    this.become('starting');
    let gone = false;
    const onEnd = (how: string): void => {
      if (gone) return;
      gone = true;
      this.onDeath(child, how);
    };
    child.once('error', (error) => onEnd(error.message));
    child.once('exit', (code, name) => onEnd(name ? `was ended by ${name}` : `ended with exit code ${code}`));
    void this.watch(child);
  }

  /** Listens where the other one does. */
  borrowSocket(from: ManagedProcess): void {
    this.socket = from.socket;
    this.borrowed = true;
  }

  /** The other one listens no more, and its socket is ours. */
  takeSocket(from: ManagedProcess): void {
    this.socket ??= from.socket;
    this.borrowed = false;
    from.socket = undefined;
  }

  private letGoOfSocket(): void {
    if (!this.borrowed) this.socket?.close();
  }

  private spawn(): ChildProcess {
    const { spec } = this;
    if (spec.socket && this.socket?.fd === undefined) this.socket = new ListeningSocket(spec.port!);
    const handed = spec.socket ? [this.socket!.fd!] : [];
    const log = openSync(spec.logFile, 'a');
    try {
      return spawn(spec.command, spec.args, {
        cwd: spec.cwd,
        env: spec.socket ? { ...spec.env, LISTEN_FD: '3' } : spec.env,
        uid: spec.uid,
        gid: spec.gid,
        detached: true,
        stdio: ['ignore', log, log, ...handed],
      });
    } finally {
      closeSync(log);
    }
  }

  /** Ends it: stop signal, then after its grace (or at once in a hurry) the hard way. */
  async stop(hurry: AbortSignal): Promise<{ killed: boolean }> {
    this.stopping = true;
    clearTimeout(this.again);
    this.letGoOfSocket();
    const { child, spec } = this;
    if (!child || !this.identity) return { killed: false };
    const ended = new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) resolve();
      else child.once('exit', () => resolve());
    });
    child.kill(spec.stopSignal ?? 'SIGTERM');
    const patience = new AbortController();
    const outOfPatience = Promise.race([
      delay(spec.graceMs, undefined, { signal: patience.signal }).catch(() => undefined),
      new Promise<void>((resolve) => {
        if (hurry.aborted) resolve();
        else hurry.addEventListener('abort', () => resolve(), { once: true });
      }),
    ]).then(() => 'late' as const);
    const first = await Promise.race([ended.then(() => 'ended' as const), outOfPatience]);
    patience.abort();
    if (first === 'late') {
      child.kill(spec.hurrySignal ?? 'SIGKILL');
      await Promise.race([ended, delay(3_000)]);
      child.kill('SIGKILL');
      await ended;
    }
    return { killed: first === 'late' };
  }

  kill(name: NodeJS.Signals = 'SIGKILL'): void {
    const { child } = this;
    if (!child?.kill(name) || name !== 'SIGKILL') return;
    // Nobody shall see it ready between now and the news of its end.
    this.doomed = child;
    this.become('stopped');
  }

  logTail(lines: number): string[] {
    return lastLines(this.spec.logFile, lines, this.logFrom);
  }

  private become(state: ProcessState): void {
    this.state = state;
    this.emit('change');
  }

  private onDeath(child: ChildProcess | undefined, how: string): void {
    if (child !== this.child) return;
    this.child = undefined;
    this.identity = undefined;
    this.become('stopped');
    if (this.stopping) return;
    const readyMs = this.readySince === undefined ? undefined : performance.now() - this.readySince;
    const againInMs = this.backOff.next(readyMs);
    if (this.spec.socket === 'released' || againInMs >= LONG_MS) this.letGoOfSocket();
    this.emit('died', { how, againInMs, inARow: this.backOff.inARow });
    if (this.stopping) return;
    this.again = setTimeout(() => {
      this.restarts++;
      this.start();
    }, againInMs);
  }

  private async watch(child: ChildProcess): Promise<void> {
    for (
      let wait = 50;
      child === this.child;
      wait = this.state === 'starting' ? Math.min(wait * 1.3, 300) : 2_000
    ) {
      await delay(wait, undefined, { ref: false });
      const ready = await this.spec.ready().catch(() => false);
      if (child !== this.child || child === this.doomed || this.stopping) return;
      if (ready && this.state !== 'ready') {
        this.readySince ??= performance.now();
        this.become('ready');
      } else if (!ready && this.state === 'ready') this.become('degraded');
    }
  }
}
