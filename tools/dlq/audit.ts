import { everywhere, forPrograms } from '../operations/installation.ts';
import { limitOf } from '../operations/limit.ts';
import { verb } from '../operations/program.ts';
import { trailTable } from '../operations/trail.ts';
import { servicesFor } from './dead-queue.ts';
import { queueFlag } from './look.ts';
import { placeOf } from './place-of.ts';

export const audit = verb(
  {
    about: 'Who redrove and dropped what, and why; of one message with its content.',
    flags: {
      ...queueFlag,
      limit: { type: 'string', value: 'N', help: 'the newest so many (50)' },
      ...forPrograms,
      ...everywhere,
    },
    words: { form: '[ID]', min: 0, max: 1 },
  },
  async ({ flags, words: [id = null] }) => {
    const limit = limitOf(flags.limit, 50);
    const services = servicesFor(flags.queue);
    const { trail, missing } = await placeOf(flags.url).trail(services, ['redrive', 'drop'], id, limit);
    const contents = trail.flatMap(({ content }) =>
      content === null ? [] : [Buffer.from(content, 'base64').toString()],
    );
    if (flags.json) console.log(JSON.stringify(trail));
    else if (trail.length === 0) console.log(`Nothing was redriven or dropped${id ? ` under ${id}` : ''}.`);
    else console.log([...trailTable(trail), ...contents.map((content) => `\n${content}`)].join('\n'));
    for (const why of missing) console.error(`Not read: ${why}`);
    return missing.length > 0 ? 1 : 0;
  },
);
