import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../world.ts';

/** All that a process has written, by its label. */
export const logOf = ({ stack }: Pick<World, 'stack'>, label: string): string =>
  readFileSync(join(stack.folders.logs, `${label}.log`), 'utf8');
