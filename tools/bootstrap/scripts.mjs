import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './checkout.mjs';

/** The program behind a command: tools/NAME.ts, or NAME/main.ts for what has a folder of its own. */
export function scriptOf(command) {
  const found = /^[a-z-]+$/.test(command)
    ? [`tools/${command}.ts`, `${command}/main.ts`].find((path) => existsSync(join(checkout, path)))
    : undefined;
  if (!found) throw new Error(`npm run ${command || '…'} is not there yet.`);
  return found;
}
