import { type RunningService, runService } from '@caravan/platform';
import { environmentOf } from './environment-of.ts';
import { type Member, stages } from './services.ts';

/**
 * Starts every service in this process, each as it would start in its own: its module, its checked environment, its management port.
 * Those that `LEAVE_OUT` names, with commas between, run elsewhere.
 * When one cannot start, those that did are stopped before the error comes out.
 */
export async function startAll(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<{ stop: () => Promise<void> }> {
  const residents = residentsOf(environment.LEAVE_OUT);
  const running = new Map<Member, RunningService>();
  const stop = async () => {
    for (const stage of stages) await Promise.all(stage.map(async (member) => running.get(member)?.stop()));
  };
  const outcomes = await Promise.allSettled(
    residents.map(async (member) => {
      const source = environmentOf(member.env.service, environment);
      running.set(member, await runService(member.module, member.env, { ...member.options, source }));
    }),
  );
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (!failed) return { stop };
  await stop();
  throw failed.reason;
}

/** @throws Error that names what is not known */
function residentsOf(leaveOut = ''): Member[] {
  const all = stages.flat();
  const elsewhere = leaveOut.split(',').filter((name) => name !== '');
  const names = all.map(({ env }) => env.service);
  const unknown = elsewhere.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new Error(`LEAVE_OUT: ${unknown.join(', ')} is none of ${names.join(', ')}. Mend the variable.`);
  return all.filter(({ env }) => !elsewhere.includes(env.service));
}
