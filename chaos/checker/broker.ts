import { type Violation, violation } from './violation.ts';
import type { World } from './world.ts';

/** I8: every queue but those of dead letters is empty and has its consumers; dead letters are exactly the poison that was sent. */
export function checkBroker({
  queues,
  deadLetters,
  poison,
}: Pick<World, 'queues' | 'deadLetters' | 'poison'>): Violation[] {
  const full = queues
    .filter(({ name, messages }) => messages > 0 && !name.endsWith('.dead'))
    .map(({ name, messages }) => `${messages} message(s) wait in ${name}`);
  const alone = queues
    .filter(
      ({ consumers, expectedConsumers }) =>
        expectedConsumers !== undefined && consumers !== expectedConsumers,
    )
    .map(
      ({ name, consumers, expectedConsumers }) =>
        `${name} has ${consumers} consumer(s), not ${expectedConsumers}`,
    );
  const left = [...poison];
  const innocent = deadLetters.filter(({ service, body }) => {
    const at = left.findIndex((one) => one.service === service && body.includes(one.mark));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [
    ...full,
    ...alone,
    ...innocent.map(({ service, reason }) => `${service} has a dead letter that was no poison: ${reason}`),
    ...left.map(({ service, mark }) => `the poison ${mark} is not among the dead letters of ${service}`),
  ].map((what) => violation('I8', what));
}
