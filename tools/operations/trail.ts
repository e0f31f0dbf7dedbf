import { ListActions, type OperatorAction } from '../../libs/contracts/src/index.ts';
import { table } from '../table.ts';
import type { Broker } from './broker.ts';
import { Trouble } from './program.ts';

export type Listed = OperatorAction & { service: string };

/** What was done by hand in these services, newest first. A service that is away is told of, and the others are read all the same. */
export async function readTrail(
  broker: Broker,
  services: readonly string[],
  actions: OperatorAction['action'][],
  subject: string | null,
  limit: number,
): Promise<{ trail: Listed[]; missing: string[] }> {
  const trail: Listed[] = [];
  const missing: string[] = [];
  for (const service of services) {
    try {
      const reply = await broker.ask(service, ListActions, { actions, subject, limit });
      trail.push(...reply.actions.map((action) => ({ service, ...action })));
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      missing.push(error.message);
    }
  }
  trail.sort((a, b) => b.at.localeCompare(a.at));
  return { trail: trail.slice(0, limit), missing };
}

export function trailTable(trail: readonly Listed[]): string[] {
  const rows = trail.map((entry) => [
    when(entry.at),
    entry.by,
    `${entry.action} ${entry.outcome}`,
    entry.service,
    entry.subject,
    short(entry.about, 90),
    short(entry.reason ?? '', 60),
    entry.message,
  ]);
  return table(['at (UTC)', 'by', 'what', 'service', 'subject', 'about', 'reason', 'what came of it'], rows);
}

/** `2026-11-21 13:04:05` */
export const when = (iso: string | null): string => iso?.slice(0, 19).replace('T', ' ') ?? '–';

export const short = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;
