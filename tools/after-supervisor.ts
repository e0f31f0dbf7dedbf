import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldersAt } from './checkout.ts';
import { stopCompose } from './infrastructure/compose.ts';
import { stopOrphans } from './supervision/orphans.ts';
import { readState, removeState } from './supervision/run-state.ts';

/** Run when a supervisor is gone without having stopped what it started: stops that, and nothing of a later one. */
const [root = '.data', run = ''] = process.argv.slice(2);
const folders = foldersAt(root);
const state = readState(folders);
const own = state?.run === run ? state : undefined;
const count = await stopOrphans(own, `CARAVAN_RUN=${run}`);
if (own?.compose) await stopCompose(own.compose.project).catch(() => undefined);
if (readState(folders)?.run === run) removeState(folders);
if (count > 0) {
  const line = `${new Date().toISOString()} the supervisor was gone: stopped the ${count} processes that it had left behind\n`;
  appendFileSync(join(folders.logs, 'supervisor.log'), line);
}
