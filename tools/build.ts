import { buildIfStale } from './building/build-apps.ts';
import { appNames } from './system-plan.ts';

try {
  await buildIfStale(appNames, console.log);
  console.log(`${appNames.length} apps are built: dist/apps/*/main.js`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
