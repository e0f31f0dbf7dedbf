import {
  type Contract,
  type Operation,
  type OperationVerdict,
  RetrySaga,
  RollBackOrder,
} from '../../libs/contracts/src/index.ts';
import { Broker } from '../operations/broker.ts';
import { actor, brokerUrl, everywhere, forPrograms, signed } from '../operations/installation.ts';
import { limitOf } from '../operations/limit.ts';
import { type Verb, verb } from '../operations/program.ts';
import { readTrail, trailTable } from '../operations/trail.ts';
import { orderFrom } from './order-reference.ts';

const act = (about: string, contract: Contract<Operation, OperationVerdict>): Verb =>
  verb(
    { about, flags: { ...signed, ...forPrograms, ...everywhere }, words: { form: 'ORDER', min: 1, max: 1 } },
    async ({ flags, words: [word = ''] }) => {
      const operation = { order: orderFrom(word), by: actor(flags.by), reason: flags.reason ?? null };
      const verdict = await Broker.use(brokerUrl(flags.url), (broker) =>
        broker.ask('orders', contract, operation),
      );
      const { outcome, message } = verdict;
      if (flags.json) console.log(JSON.stringify(verdict));
      else if (outcome === 'done') console.log(`${message}\nSee how it goes: npm run saga -- show ${word}`);
      else console.error(outcome === 'refused' ? `Refused, and nothing changed: ${message}` : message);
      return outcome === 'done' ? 0 : 1;
    },
  );

export const retry = act('Takes up now what an order’s saga is pausing before.', RetrySaga);
export const compensate = act(
  'Takes an order back: rolls its checkout back, or cancels it with a refund.',
  RollBackOrder,
);

export const audit = verb(
  {
    about: 'Who did what to which order, and why.',
    flags: {
      limit: { type: 'string', value: 'N', help: 'the newest so many (50)' },
      ...forPrograms,
      ...everywhere,
    },
    words: { form: '[ORDER]', min: 0, max: 1 },
  },
  async ({ flags, words: [word] }) => {
    const subject = word === undefined ? null : orderFrom(word).replace(/^cv/, 'CV');
    const limit = limitOf(flags.limit, 50);
    const { trail, missing } = await Broker.use(brokerUrl(flags.url), (broker) =>
      readTrail(broker, ['orders'], ['retry', 'compensate'], subject, limit),
    );
    for (const why of missing) console.error(why);
    if (missing.length > 0) return 1;
    if (flags.json) console.log(JSON.stringify(trail));
    else if (trail.length === 0) console.log(`Nothing was done by hand${word ? ` to ${word}` : ''}.`);
    else console.log(trailTable(trail).join('\n'));
    return 0;
  },
);
