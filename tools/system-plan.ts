import type { PortMarket } from './supervision/ports.ts';

/** One line of the public contract's table of processes (§2), and when it is to be stopped. */
export interface Member {
  name: string;
  port?: number;
  managementPort?: number;
  /** Stopped in this order: the door first, then who asks, then who answers, then the outside world's stand-ins. */
  stage: 0 | 1 | 2 | 3;
  /** Only in development: a stand-in for something that production has outside. */
  standIn?: boolean;
}

export const members: Member[] = [
  { name: 'gateway', port: 8080, managementPort: 9080, stage: 0 },
  { name: 'bff-web', port: 8081, managementPort: 9081, stage: 1 },
  { name: 'bff-mobile', port: 8082, managementPort: 9082, stage: 1 },
  { name: 'users', managementPort: 9083, stage: 2 },
  { name: 'orders', managementPort: 9084, stage: 2 },
  { name: 'payments', managementPort: 9085, stage: 2 },
  { name: 'inventory', managementPort: 9086, stage: 2 },
  { name: 'notifications', managementPort: 9087, stage: 2 },
  { name: 'card-processor', port: 8090, stage: 3, standIn: true },
  { name: 'mail-sink', port: 2525, stage: 3, standIn: true },
];

export const appNames = members.map(({ name }) => name).filter((name) => name !== 'mail-sink');

export interface Planned extends Member {
  replica: number;
}

/** `orders`, and `orders-1` for its second replica. */
export const labelOf = ({ name, replica }: { name: string; replica: number }): string =>
  replica > 0 ? `${name}-${replica}` : name;

/** Every process to be started: replicas are numbered from 0 and take their ports later. */
export function planSystem(
  replicas: Record<string, number>,
  leaveOut: ReadonlySet<string> = new Set(),
): Planned[] {
  return members
    .filter(({ name }) => !leaveOut.has(name))
    .flatMap((member) =>
      Array.from({ length: replicas[member.name] ?? 1 }, (_, replica) => ({ ...member, replica })),
    );
}

/** Kept for the processes they belong to: no other process is given one of them. */
export const contractPorts: ReadonlySet<number> = new Set(
  members.flatMap(({ port, managementPort }) => [port, managementPort]).filter((port) => port !== undefined),
);

/** The ports of all replicas by process name: those for clients, or those for probes. */
export function portsByName(
  plan: readonly Planned[],
  key: 'port' | 'managementPort' = 'port',
): Map<string, number[]> {
  const ports = new Map<string, number[]>();
  for (const entry of plan) {
    const port = entry[key];
    if (port !== undefined) ports.set(entry.name, [...(ports.get(entry.name) ?? []), port]);
  }
  return ports;
}

export type PortMode = 'contract' | 'free';

export interface Taken {
  wanted: number;
  got: number;
  name: string;
}

/**
 * Gives each process its ports: the contract's where they are free, else the next free ones.
 * Ports of the contract are kept for the process they belong to.
 */
export async function givePorts(
  plan: Planned[],
  mode: PortMode,
  market: PortMarket,
  start = 20_000,
): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (const entry of plan) {
    for (const key of ['port', 'managementPort'] as const) {
      const wanted = entry[key];
      if (wanted === undefined) continue;
      if (mode === 'contract' && entry.replica === 0 && (await market.take(wanted))) continue;
      entry[key] = await market.nextFree(mode === 'free' ? start : wanted, contractPorts);
      if (mode === 'contract' && entry.replica === 0)
        taken.push({ wanted, got: entry[key], name: entry.name });
    }
  }
  return taken;
}
