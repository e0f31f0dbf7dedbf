import { buildIfStale } from './building/build-apps.ts';
import { commandLine } from './command-line.ts';
import { appNames } from './system-plan.ts';

commandLine({ call: 'npm run build', about: 'Builds what is stale: dist/apps/*/main.js.', flags: {} });
try {
  await buildIfStale(appNames, console.log);
  console.log(`${appNames.length} apps are built: dist/apps/*/main.js`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
