import { WrongWords } from '../command-line.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const AGO = /^(\d{1,6})([smhd])$/;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,3})?)?$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * The moment that a flag such as `--since` names: so long ago (`90s`, `15m`, `2h`, `3d`), a time of the last 24 hours (`22:00`), or a date or instant
 * (`2026-11-21`, `2026-11-21T22:00:00Z`). Times without a zone are UTC, as in everything that these commands print.
 * @throws WrongWords for anything else, and for a moment that is still to come
 */
export function sinceOf(said: string, flag = '--since', now = new Date()): Date {
  const moment = momentOf(said, now);
  if (moment && moment <= now) return moment;
  throw new WrongWords(
    `${flag}: a time that is over is wanted, as 90s, 15m, 2h, 3d, 22:00 or 2026-11-21T22:00:00Z, not "${said}".`,
  );
}

function momentOf(said: string, now: Date): Date | undefined {
  const [, count, unit] = AGO.exec(said) ?? [];
  if (count && unit) return new Date(Math.max(0, now.getTime() - Number(count) * UNITS[unit]!));
  const [time] = TIME.exec(said) ?? [];
  if (time) {
    const today = new Date(`${now.toISOString().slice(0, 10)}T${time}Z`);
    return today <= now ? today : new Date(today.getTime() - UNITS['d']!);
  }
  const [, day, clock = '00:00', zone = 'Z'] = INSTANT.exec(said) ?? [];
  // The 30th of February would be taken for the 2nd of March.
  if (!day || !isDay(day)) return undefined;
  const instant = new Date(`${day}T${clock}${zone}`);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
