import { stopRunning } from './system.ts';

/** Jest's globalTeardown: stops what its globalSetup started, and nothing else. */
export default async function stopSystem(): Promise<void> {
  for (const stop of stopRunning.splice(0)) await stop();
}
