import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { givenByTests, startStack } from '../tools/stack.ts';
import { type RunningSystem, stopRunning, SYSTEM } from './system.ts';

/** Jest's globalSetup: one system for all stories, unless `E2E_SYSTEM` tells of one that runs already. */
export default async function startSystem(): Promise<void> {
  const running = process.env[SYSTEM];
  if (running !== undefined) {
    emptied((JSON.parse(running) as RunningSystem).takenFolder);
    return;
  }
  // The same stories for the other shape: E2E_TOPOLOGY=single-process npm test -- e2e
  const singleProcess = process.env.E2E_TOPOLOGY === 'single-process';
  const stack = await startStack({
    singleProcess,
    given: givenByTests(),
    // All stories come from one address; what limits do is the gateway's own tests' matter.
    env: { gateway: { RATE_LIMIT_AUTH: '5000', RATE_LIMIT_UNKNOWN_PATHS: '500' } },
  });
  const system: RunningSystem = {
    gatewayUrl: stack.gatewayUrl,
    cardProcessorUrl: stack.cardProcessorUrl,
    mailFolder: stack.mailFolder,
    takenFolder: emptied(join(stack.folders.run, 'taken')),
    ...(singleProcess ? {} : { rabbitmqUrl: stack.servers.rabbitmq.url }),
    databaseUrls: Object.fromEntries(stack.databaseUrls),
    processes: stack.processes,
  };
  process.env[SYSTEM] = JSON.stringify(system);
  stopRunning.push(() => stack.stop());
}

function emptied(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
