import { randomBytes } from 'node:crypto';
import type { Folders } from '../checkout.ts';
import { ManagedProcess, type Death, type ProcessSpec } from './managed-process.ts';
import { type RunState, type Status, writeState } from './run-state.ts';
import { identify } from './process-identity.ts';

const DEATHS_BEFORE_GIVING_UP = 4;
/** A port is exchanged at most so often before the start is given up. */
const EXCHANGES = 20;
const START_PATIENCE_MS = 120_000;
const RETRY_SAVE_MS = 1_000;
/** A wait that is longer says what it waits for. */
const TELL_AFTER_MS = 5_000;

/** Keeps the processes of one system running, in stages, and the state on disk true. */
export class Supervisor {
  readonly folders: Folders;
  /** Every process of this supervisor carries it in its environment as CARAVAN_RUN. */
  readonly id = randomBytes(6).toString('hex');
  readonly processes: { process: ManagedProcess; stage: number; listed: boolean }[] = [];
  compose: RunState['compose'];
  infrastructure: Status['infrastructure'] = [];
  gateway = '';
  topology: Status['topology'] = 'services';
  hints: string[] = [];
  phase: RunState['phase'] = 'starting';
  private readonly say: (line: string) => void;
  private readonly hurry = new AbortController();
  private readonly stopAsked = new AbortController();
  private unsaved: NodeJS.Timeout | undefined;
  private toldUnsaved = false;
  private readonly slow: ManagedProcess[] = [];
  private stopped: Promise<void> | undefined;

  constructor(folders: Folders, say: (line: string) => void) {
    this.folders = folders;
    this.say = say;
  }

  get aborted(): AbortSignal {
    return this.stopAsked.signal;
  }

  /** Starts a process and answers once it is ready; `listed` ones appear in the status. */
  async run(spec: ProcessSpec, stage: number, listed = false): Promise<ManagedProcess> {
    const process = this.add(spec, stage, listed);
    process.start();
    await this.untilReady(process);
    return process;
  }

  /** Takes a process on, without starting it. */
  add(spec: ProcessSpec, stage: number, listed: boolean): ManagedProcess {
    this.stopAsked.signal.throwIfAborted();
    const process = new ManagedProcess(spec, this.id);
    this.processes.push({ process, stage, listed });
    this.processes.sort((a, b) => a.stage - b.stage);
    process.on('change', () => this.save());
    process.on('died', (death) => this.onDied(process, death));
    return process;
  }

  /** Stops a process and forgets it. */
  async dismiss(process: ManagedProcess, hurry = this.hurry.signal): Promise<void> {
    const { killed } = await process.stop(hurry);
    if (killed && !hurry.aborted) {
      this.say(`  ${process.label} did not end within ${process.spec.graceMs / 1000} s and was killed`);
    }
    const index = this.processes.findIndex((entry) => entry.process === process);
    if (index >= 0 && this.phase !== 'stopping') this.processes.splice(index, 1);
    this.save();
  }

  /** From now on the successor stands in the status, where the old one stood. */
  promote(successor: ManagedProcess, old: ManagedProcess): void {
    const entry = this.entryOf(old);
    const next = this.entryOf(successor);
    [entry.process, next.process] = [successor, old];
    this.save();
  }

  /** The process that stands in the status under this label, or one that stands in none. @throws when there is none. */
  find(label: string): ManagedProcess {
    const found = this.processes.filter(({ process }) => process.label === label);
    const { process } = found.find(({ listed }) => listed) ?? found[0] ?? {};
    if (!process) throw new Error(`there is no process ${label}`);
    return process;
  }

  /** @throws when it is not one of ours any more. */
  entryOf(process: ManagedProcess): Supervisor['processes'][number] {
    const entry = this.processes.find((each) => each.process === process);
    if (!entry) throw new Error(`${process.label} is gone`);
    return entry;
  }

  listed(): ManagedProcess[] {
    return this.processes.filter(({ listed }) => listed).map(({ process }) => process);
  }

  status(): Status {
    const { infrastructure, gateway, topology } = this;
    return { topology, processes: this.listed().map(describe), infrastructure, gateway };
  }

  becomeReady(): void {
    this.phase = 'ready';
    this.save();
  }

  /** Drains and stops everything, stage by stage; asked again it hurries. */
  stop(): Promise<void> {
    if (this.stopped) this.hurry.abort();
    this.stopped ??= this.stopAll();
    return this.stopped;
  }

  save(): void {
    const me = identify(process.pid);
    if (!me) return;
    this.keep({
      ...this.status(),
      supervisor: me,
      run: this.id,
      phase: this.phase,
      children: this.processes.flatMap(({ process: { identity, label, spec, state }, stage }) =>
        identity
          ? [
              {
                ...identity,
                name: label,
                stopSignal: spec.stopSignal ?? 'SIGTERM',
                graceMs: spec.graceMs,
                stage,
                state,
              },
            ]
          : [],
      ),
      compose: this.compose,
      hints: this.hints,
    });
  }

  /** A state that cannot be written now (full disk) is written as soon as that works; the system is watched all the same. */
  private keep(state: RunState): void {
    clearTimeout(this.unsaved);
    this.unsaved = undefined;
    try {
      writeState(this.folders, state);
      this.toldUnsaved = false;
    } catch (error) {
      if (!this.toldUnsaved)
        this.say(`  the state of the system cannot be written: ${(error as Error).message}`);
      this.toldUnsaved = true;
      this.unsaved = setTimeout(() => this.save(), RETRY_SAVE_MS).unref();
    }
  }

  private async stopAll(): Promise<void> {
    this.phase = 'stopping';
    this.stopAsked.abort(new Error('stopped before it was ready'));
    this.save();
    for (const stage of [...new Set(this.processes.map((entry) => entry.stage))].sort((a, b) => a - b)) {
      await Promise.all(
        this.processes.filter((entry) => entry.stage === stage).map(({ process }) => this.dismiss(process)),
      );
    }
  }

  private onDied(process: ManagedProcess, death: Death): void {
    if (this.phase === 'stopping') return;
    this.say(
      `  ${process.label} ${death.how}; started again ${death.againInMs === 0 ? 'at once' : `in ${death.againInMs} ms`}`,
    );
    if (this.phase === 'ready' && death.inARow % 3 === 0) this.showLog(process);
  }

  private showLog(process: ManagedProcess): void {
    const lines = process.logTail(12);
    this.say(`  the last lines of ${process.spec.logFile}:`);
    for (const line of lines.length > 0 ? lines : ['(it printed nothing)']) this.say(`    ${line}`);
  }

  /** Those that are slow at the same time are told in one line, with the reason of the first. */
  private tellSlow(process: ManagedProcess): void {
    this.slow.push(process);
    if (this.slow.length > 1) return;
    setTimeout(() => {
      const [first, ...others] = this.slow.splice(0);
      const more = others.length > 0 ? `, and for ${others.map(({ label }) => label).join(', ')}` : '';
      this.say(`  waiting for ${first?.label}: ${first?.reason ?? 'it is starting'}${more}`);
    }, 500).unref();
  }

  /** @throws when it dies too often before, or takes too long. */
  untilReady(process: ManagedProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (what: string): void => {
        end();
        if (!this.stopAsked.signal.aborted) this.showLog(process);
        reject(new Error(what));
      };
      const onChange = (): void => {
        if (process.state !== 'ready') return;
        end();
        resolve();
      };
      const onDied = (death: Death): void => {
        const limit = death.takenPort === undefined ? DEATHS_BEFORE_GIVING_UP : EXCHANGES;
        if (death.inARow < limit) return;
        fail(
          `${process.label} ${death.how} ${death.inARow} times in a row before it was ready; its log above says why`,
        );
      };
      const onStop = (): void => fail('stopped before it was ready');
      const onRefused = (refusal: Error): void => fail(refusal.message);
      const telling = setTimeout(() => this.tellSlow(process), TELL_AFTER_MS);
      const patience = setTimeout(
        () =>
          fail(
            `${process.label} was not ready after ${START_PATIENCE_MS / 1000} s (${process.reason ?? 'no answer'}); its log is above`,
          ),
        START_PATIENCE_MS,
      );
      const end = (): void => {
        clearTimeout(patience);
        clearTimeout(telling);
        process.off('refused', onRefused);
        process.off('change', onChange);
        process.off('died', onDied);
        this.stopAsked.signal.removeEventListener('abort', onStop);
      };
      process.on('change', onChange);
      process.on('died', onDied);
      process.on('refused', onRefused);
      this.stopAsked.signal.addEventListener('abort', onStop, { once: true });
    });
  }
}

function describe(process: ManagedProcess): Status['processes'][number] {
  const { spec, identity, state, startedAt, restarts } = process;
  return {
    name: spec.name,
    replica: spec.replica,
    pid: identity?.pid ?? null,
    state,
    port: spec.port ?? null,
    managementPort: spec.managementPort ?? null,
    startedAt: startedAt ?? null,
    restarts,
  };
}
