import { parseArgs } from 'node:util';
import { foldersAt } from './checkout.ts';
import { statusTable } from './status-table.ts';
import { isAlive } from './supervision/process-identity.ts';
import { readState, statusOf } from './supervision/run-state.ts';
import { table } from './table.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const json = values.json || process.env.npm_config_json === 'true';
const folders = foldersAt();
const state = readState(folders);
const status = statusOf(state);

if (json) {
  console.log(JSON.stringify(status));
} else if (!state) {
  console.log('Caravan does not run in this checkout. Start it: npm start');
} else {
  if (!isAlive(state.supervisor))
    console.log('The supervisor was killed. Clean up: npm stop (or npm start)\n');
  for (const line of statusTable(status)) console.log(line);
  console.log();
  const rows = status.infrastructure.map(({ name, version, source, url }) => [name, version, url, source]);
  for (const line of table(['server', 'version', 'URL', 'source'], rows)) console.log(line);
  console.log(`\n  Gateway ${status.gateway} (${state.phase})`);
  console.log(`  Passwords ${folders.secrets}; each process's environment ${folders.run}/env/*.env`);
  for (const hint of state.hints) console.log(`  To ${hint}`);
}
