import { pino } from 'pino';
import { cardProcessorEnv } from './card-processor.env.ts';
import { SandboxService } from './sandbox.service.ts';

const env = cardProcessorEnv(process.env);
const log = pino({ name: 'card-processor', level: env.LOG_LEVEL });
const sandbox = new SandboxService(env, log);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    sandbox.stop();
    process.exit(0);
  });
}

const port = await sandbox.start();
log.info({ port, webhooks: env.WEBHOOK_URL ?? 'none', books: env.CARD_PROCESSOR_DATA ?? 'memory' }, 'ready');
