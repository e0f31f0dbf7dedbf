import { z } from 'zod';
import type { Clock } from './clock.ts';
import { json, problem, type Reply } from './reply.ts';

const move = z.union([
  z.strictObject({
    advanceMs: z
      .int()
      .min(0)
      .max(10 * 366 * 86_400_000),
  }),
  z.strictObject({
    now: z
      .string()
      .refine((text) => !Number.isNaN(Date.parse(text)), 'not a time, such as 2027-01-01T00:00:00Z'),
  }),
]);

export const describeClock = (clock: Clock): Reply =>
  json(200, { now: new Date(clock.now()).toISOString(), offsetMs: clock.offsetMs });

/** Moves the clock forward; `moved` hears of it before what became due happens. */
export function moveClock(clock: Clock, input: unknown, moved: (ms: number) => void): Reply {
  const parsed = move.safeParse(input);
  if (!parsed.success) return problem(400, z.prettifyError(parsed.error));
  const { data } = parsed;
  const ms = 'now' in data ? Date.parse(data.now) - clock.now() : data.advanceMs;
  if (ms < 0) return problem(400, 'The clock moves forward only; POST /sandbox/reset puts it back.');
  moved(ms);
  return describeClock(clock);
}
