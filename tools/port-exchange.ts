import type { Restartable } from './rolling-restart.ts';
import type { ManagedProcess, ProcessSpec } from './supervision/managed-process.ts';
import { type PortMarket, holderOf } from './supervision/ports.ts';
import type { Supervisor } from './supervision/supervisor.ts';
import { type Planned, contractPorts, labelOf } from './system-plan.ts';

/**
 * Gives a process another port when its own turns out to be taken at the bind, and the processes that were told the old
 * one the new one.
 */
export class PortExchange {
  private readonly plan: readonly Planned[];
  private readonly market: PortMarket;
  private readonly supervisor: Supervisor;
  private readonly say: (line: string) => void;
  private replaceable: readonly Restartable[] = [];
  private specFor: ((planned: Planned) => ProcessSpec) | undefined;
  private exchanged = false;

  constructor(
    plan: readonly Planned[],
    market: PortMarket,
    supervisor: Supervisor,
    say: (line: string) => void,
  ) {
    this.plan = plan;
    this.market = market;
    this.supervisor = supervisor;
    this.say = say;
  }

  /** @param again makes the same spec from the plan as it is then */
  offeredTo(spec: ProcessSpec, again: () => ProcessSpec): ProcessSpec {
    return {
      ...spec,
      exchange: async (taken) => {
        const planned = this.plan.find(({ port, managementPort }) => [port, managementPort].includes(taken));
        if (!planned) return undefined;
        const key = planned.managementPort === taken ? 'managementPort' : 'port';
        // Clients outside know the ports of a system that is up; its management ports are in the status.
        if (key === 'port' && this.supervisor.phase !== 'starting') return undefined;
        const holder = holderOf(taken);
        const got = await this.market.nextFree(taken + 1, contractPorts);
        planned[key] = got;
        this.exchanged = true;
        this.say(`port ${taken} is taken by ${holder}: ${planned.name} took ${got}`);
        void this.tellLater(labelOf(planned));
        return again();
      },
    };
  }

  /** Once the system is up: processes whose environment names an old port are replaced. */
  async tellOthers(
    replaceable: readonly Restartable[],
    specFor: (planned: Planned) => ProcessSpec,
  ): Promise<void> {
    this.replaceable = replaceable;
    this.specFor = specFor;
    if (this.exchanged) await this.replaceStale();
  }

  /** In a system that is up: as soon as the process is ready on its new port. */
  private async tellLater(label: string): Promise<void> {
    if (this.supervisor.phase !== 'ready') return;
    try {
      await this.supervisor.untilReady(this.supervisor.find(label));
      await this.replaceStale();
    } catch (error) {
      this.say(
        `the new port is not known to all processes: ${(error as Error).message}. npm run restart tells them`,
      );
    }
  }

  private async replaceStale(): Promise<void> {
    this.exchanged = false;
    for (const restartable of this.replaceable) {
      const planned = this.plan.find((each) => labelOf(each) === restartable.label);
      const process = this.supervisor.find(restartable.label);
      if (planned && this.specFor && isStale(process, this.specFor(planned))) await restartable.replace();
    }
  }
}

function isStale(process: ManagedProcess, wanted: ProcessSpec): boolean {
  const told = { ...process.spec.env };
  delete told.MANAGEMENT_PORT_MEANWHILE;
  return JSON.stringify(told) !== JSON.stringify(wanted.env);
}
