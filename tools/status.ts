import { foldersAt } from './checkout.ts';
import { commandLine } from './command-line.ts';
import { statusTable } from './status-table.ts';
import { isAlive } from './supervision/process-identity.ts';
import { readState, statusOf } from './supervision/run-state.ts';
import { table } from './table.ts';

const { flags } = commandLine({
  call: 'npm run status',
  about: 'How the system of this checkout is: processes, servers, where they answer.',
  flags: { json: { type: 'boolean', help: 'for programs' } },
});
const folders = foldersAt();
const state = readState(folders);
const status = statusOf(state);

if (flags.json) {
  console.log(JSON.stringify(status));
} else if (!state) {
  console.log('Caravan does not run in this checkout. Start it: npm start');
} else {
  if (!isAlive(state.supervisor))
    console.log('The supervisor was killed. Clean up: npm stop (or npm start)\n');
  for (const line of statusTable(status)) console.log(line);
  console.log();
  const rows = status.infrastructure.map(({ name, version, source, url, state = '–' }) => [
    name,
    version,
    state,
    url,
    source,
  ]);
  for (const line of table(['server', 'version', 'health', 'URL', 'source'], rows)) console.log(line);
  console.log(`\n  Gateway ${status.gateway} (${state.phase})`);
  console.log(`  Passwords ${folders.secrets}; each process's environment ${folders.run}/env/*.env`);
  for (const hint of state.hints) console.log(`  To ${hint}`);
}
