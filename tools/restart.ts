import { foldersAt } from './checkout.ts';
import { commandLine } from './command-line.ts';
import { ask } from './supervision/control.ts';

const { words } = commandLine({
  call: 'npm run restart',
  about:
    'Rolling restart: of each process in turn, the new one is ready before the old one leaves. Without names: of all.',
  flags: {},
  words: { form: '[NAME…]', min: 0, max: 100 },
});
const exitCode = await ask(foldersAt(), 'restart', words, console.log);
if (exitCode === undefined) console.log('No running Caravan in this checkout answers. Start it: npm start');
process.exitCode = exitCode ?? 1;
