import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { labelOf } from '../system-plan.ts';
import { BackOff } from './back-off.ts';
import { killGroup, launch } from './launch.ts';
import { ListeningSocket } from './listening-socket.ts';
import { lastLines, rotate } from './log-file.ts';
import { isFree, takenPort } from './ports.ts';
import { type ProcessIdentity, identify } from './process-identity.ts';

/** Nobody is left waiting at the port of a process that is away for so long. */
const LONG_MS = 1_000;

/** Longer than any stall that a busy machine or a garbage collection explains. */
const HUNG_MS = 30_000;

/** The process answers, and will never let us in: waiting longer does not help. The message says what does. */
export class Refusal extends Error {}

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
  /**
   * True once it can do its work; asked often while it starts, every two seconds later. What it throws is the reason why not.
   * @param instance this start of the process, as it is told in INSTANCE_ID: no other process's answer counts
   */
  ready(instance: string): Promise<boolean>;
  /** True while its event loop turns; asked once it is not ready any more. One that is hung is replaced. */
  live?(instance: string): Promise<boolean>;
  /** Milliseconds without an answer after which it counts as hung; 30 s by default. */
  hungAfterMs?: number;
  /**
   * What to run instead when a port turned out to be taken, if there is anything.
   * @param wasReady whether it has been ready before, so that others may know its port already
   */
  exchange?(taken: number, wasReady: boolean): Promise<ProcessSpec | undefined>;
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
  /** The port that it found taken, if that is why. */
  takenPort?: number;
}

interface Events {
  change: [];
  died: [Death];
  refused: [Refusal];
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
  /** Which start of which process this is; it proves itself with it to every probe. */
  instance = '';
  /** Why it is not ready, as the last probe told. */
  reason: string | undefined;
  private readonly run: string;
  private everReady = false;
  private readonly backOff = new BackOff();
  private child: ChildProcess | undefined;
  private doomed: ChildProcess | undefined;
  /** When it became ready, of this life. */
  private readySince: number | undefined;
  private logFrom = 0;
  private stopping = false;
  private silentSince: number | undefined;
  private hung: string | undefined;
  private again: NodeJS.Timeout | undefined;

  /** @param run what all processes of one supervisor have in common */
  constructor(spec: ProcessSpec, run = randomBytes(6).toString('hex')) {
    super();
    this.spec = spec;
    this.run = run;
  }

  private get hungAfterMs(): number {
    return this.spec.hungAfterMs ?? HUNG_MS;
  }

  get label(): string {
    return labelOf(this.spec);
  }

  start(): void {
    const { spec } = this;
    this.instance = `${this.run}.${this.label}.${randomBytes(4).toString('hex')}`;
    this.readySince = undefined;
    this.reason = undefined;
    let child: ChildProcess;
    try {
      if (this.restarts === 0) rotate(spec.logFile);
      this.logFrom = statSync(spec.logFile, { throwIfNoEntry: false })?.size ?? 0;
      child = this.spawn();
    } catch (error) {
      // The port is taken, or no handle is left: the same as a process that ends at once.
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? spec.port : undefined;
      setImmediate(() => this.onDeath(undefined, `did not start: ${(error as Error).message}`, taken));
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
    const marks = { INSTANCE_ID: this.instance, CARAVAN_RUN: this.run };
    return launch(spec, marks, spec.socket && this.socket?.fd);
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
    killGroup(child.pid);
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

  private onDeath(child: ChildProcess | undefined, how: string, taken?: number): void {
    if (child !== this.child) return;
    killGroup(child?.pid);
    this.child = undefined;
    this.identity = undefined;
    this.become('stopped');
    if (this.stopping) return;
    const readyMs = this.readySince === undefined ? undefined : performance.now() - this.readySince;
    const againInMs = this.backOff.next(readyMs);
    if (this.spec.socket === 'released' || againInMs >= LONG_MS) this.letGoOfSocket();
    const ports = [this.spec.managementPort, this.spec.port].filter((port) => port !== undefined);
    taken ??= this.readySince === undefined ? takenPort(this.logTail(30), ports) : undefined;
    this.emit('died', {
      how: this.hung ?? how,
      againInMs,
      inARow: this.backOff.inARow,
      ...(taken === undefined ? {} : { takenPort: taken }),
    });
    this.hung = undefined;
    if (this.stopping) return;
    this.again = setTimeout(() => void this.startAgain(taken), againInMs);
  }

  private async startAgain(taken: number | undefined): Promise<void> {
    if (taken !== undefined && !(await isFree(taken))) {
      const other = await this.spec.exchange?.(taken, this.everReady).catch(() => undefined);
      if (this.stopping) return;
      if (other) {
        this.letGoOfSocket();
        this.socket = undefined;
        this.spec = other;
      }
    }
    this.restarts++;
    this.start();
  }

  private async watch(child: ChildProcess): Promise<void> {
    for (
      let wait = 50;
      child === this.child;
      wait = this.state === 'starting' ? Math.min(wait * 1.3, 300) : 2_000
    ) {
      await delay(wait, undefined, { ref: false });
      const ready = await this.probe();
      if (child !== this.child || child === this.doomed || this.stopping) return;
      if (ready && this.state !== 'ready') {
        this.readySince ??= performance.now();
        this.everReady = true;
        this.become('ready');
      } else if (!ready && this.state === 'ready') this.become('degraded');
      if (!(await this.isHung(ready)) || child !== this.child || this.stopping) continue;
      this.hung = `was hung: it did not answer /health/live for ${this.hungAfterMs / 1_000} s (${this.reason}), and was killed`;
      child.kill('SIGKILL');
    }
  }

  private async probe(): Promise<boolean> {
    try {
      const ready = await this.spec.ready(this.instance);
      this.reason = ready ? undefined : 'it does not answer as ready yet';
      return ready;
    } catch (error) {
      const { message, code, cause } = error as NodeJS.ErrnoException;
      this.reason = message || code || String(error);
      if (cause instanceof Error)
        this.reason += `: ${cause.message || String((cause as NodeJS.ErrnoException).code)}`;
      if (error instanceof Refusal) this.emit('refused', error);
      return false;
    }
  }

  /** Whether it has not answered at all for so long that it never will. Only of one that has been ready. */
  private async isHung(ready: boolean): Promise<boolean> {
    const { spec } = this;
    const alive =
      ready || this.state !== 'degraded' || !spec.live || (await spec.live(this.instance).catch(() => false));
    if (alive) {
      this.silentSince = undefined;
      return false;
    }
    this.silentSince ??= performance.now();
    return performance.now() - this.silentSince >= this.hungAfterMs;
  }
}
