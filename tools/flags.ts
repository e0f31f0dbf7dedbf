import { parseArgs } from 'node:util';
import { members } from './system-plan.ts';

export interface StartFlags {
  singleProcess: boolean;
  replicas: Record<string, number>;
  detach: boolean;
  fresh: boolean;
  demoData: boolean;
}

/**
 * `npm start --detach` without the `--` before the flag reaches us only as npm's own setting in the environment.
 * Those that we know are taken from there.
 */
function swallowedByNpm(env: Readonly<Record<string, string | undefined>>): string[] {
  const words: string[] = [];
  for (const name of ['single_process', 'detach', 'fresh']) {
    if (env[`npm_config_${name}`] === 'true') words.push(`--${name.replace('_', '-')}`);
  }
  if (env.npm_config_demo_data !== undefined && env.npm_config_demo_data !== 'true')
    words.push('--no-demo-data');
  if (env.npm_config_replicas?.includes('=')) words.push('--replicas', env.npm_config_replicas);
  return words;
}

/** @throws Error in words for the person at the terminal, when a flag is unknown or makes no sense. */
export function parseStartFlags(
  args: string[],
  env: Readonly<Record<string, string | undefined>> = {},
): StartFlags {
  const { values, positionals } = parseArgs({
    args: [...swallowedByNpm(env), ...args],
    allowPositionals: true,
    options: {
      'single-process': { type: 'boolean', default: false },
      replicas: { type: 'string', multiple: true, default: [] },
      detach: { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      'no-demo-data': { type: 'boolean', default: false },
    },
  });
  // Of `npm start --replicas orders=2` npm takes the flag for itself and leaves us the word after it.
  const left = env.npm_config_replicas ? positionals.filter((word) => !word.includes('=')) : positionals;
  if (left[0] !== undefined) throw new Error(`npm start: what is "${left[0]}"?`);
  const replicas = [...values.replicas, ...positionals].map(parseReplicas);
  return {
    singleProcess: values['single-process'],
    replicas: Object.assign({}, ...replicas) as Record<string, number>,
    detach: values.detach,
    fresh: values.fresh,
    demoData: !values['no-demo-data'],
  };
}

/** `orders=2,inventory=3` */
export function parseReplicas(text: string): Record<string, number> {
  const replicas: Record<string, number> = {};
  const many = members.filter(({ standIn }) => !standIn).map(({ name }) => name);
  for (const part of text.split(',').map((word) => word.trim())) {
    const [name = '', count = ''] = part.split('=');
    if (!many.includes(name)) throw new Error(`--replicas: "${name}" is none of ${many.join(', ')}`);
    if (!/^\d+$/.test(count) || Number(count) < 1 || Number(count) > 20) {
      throw new Error(`--replicas: "${part}": a number from 1 to 20 is wanted, as in orders=2`);
    }
    replicas[name] = Number(count);
  }
  return replicas;
}
