import { type Command, readWords, WrongWords } from './command-line.ts';
import { members } from './system-plan.ts';

export interface StartFlags {
  singleProcess: boolean;
  replicas: Record<string, number>;
  detach: boolean;
  fresh: boolean;
  demoData: boolean;
}

export const startCommand = {
  call: 'npm start',
  about: 'Brings the whole system up and keeps it running; Ctrl-C drains and stops it.',
  flags: {
    replicas: {
      type: 'string',
      multiple: true,
      value: 'orders=2,inventory=3',
      help: 'several processes of a service',
    },
    detach: { type: 'boolean', help: 'return once all is ready; npm stop ends it' },
    fresh: { type: 'boolean', help: 'empty databases and queues first' },
    'no-demo-data': { type: 'boolean', help: 'no products and no demo accounts' },
    'single-process': { type: 'boolean', help: 'all services in one process, without a broker' },
  },
} as const satisfies Command;

/** @throws WrongWords when a flag is unknown or makes no sense */
export function parseStartFlags(
  args: string[],
  env: Readonly<Record<string, string | undefined>> = {},
): StartFlags {
  // Of `npm start --replicas orders=2` npm takes the flag for itself and leaves us the word after it.
  const loose = env.npm_config_replicas ? args.filter((word) => /^[a-z-]+=/.test(word)) : [];
  const said = args.filter((word) => !loose.includes(word));
  const { flags } = readWords(startCommand, [...said, ...loose.map((word) => `--replicas=${word}`)], env);
  const singleProcess = flags['single-process'];
  const replicas = Object.assign({}, ...flags.replicas.map(parseReplicas)) as Record<string, number>;
  if (singleProcess && Object.keys(replicas).length > 0)
    throw new WrongWords(
      '--single-process and --replicas: one process has no replicas. Leave one of the two out.',
    );
  return {
    singleProcess,
    replicas,
    detach: flags.detach,
    fresh: flags.fresh,
    demoData: !flags['no-demo-data'],
  };
}

/** `orders=2,inventory=3` @throws WrongWords */
export function parseReplicas(text: string): Record<string, number> {
  const replicas: Record<string, number> = {};
  const many = members.filter(({ standIn }) => !standIn).map(({ name }) => name);
  for (const part of text.split(',').map((word) => word.trim())) {
    const [name = '', count = ''] = part.split('=');
    if (!many.includes(name)) throw new WrongWords(`--replicas: "${name}" is none of ${many.join(', ')}`);
    if (!/^\d+$/.test(count) || Number(count) < 1 || Number(count) > 20) {
      throw new WrongWords(`--replicas: "${part}": a number from 1 to 20 is wanted, as in orders=2`);
    }
    replicas[name] = Number(count);
  }
  return replicas;
}
