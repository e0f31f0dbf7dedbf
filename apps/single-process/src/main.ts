import 'reflect-metadata';
import { holdProcess } from '@caravan/platform';
import { register } from 'prom-client';
import { startAll } from './start-all.ts';

await holdProcess('single-process', async () => {
  const running = await startAll(process.env);
  // One process has one set of metrics, whichever of its services counts.
  register.setDefaultLabels({ service: 'single-process' });
  return running;
});
