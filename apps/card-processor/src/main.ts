import { pino } from 'pino';
import { cardProcessorEnv } from './card-processor.env.ts';
import { SandboxService } from './sandbox.service.ts';

const log = pino({ name: 'card-processor' });
try {
  const env = cardProcessorEnv(process.env);
  log.level = env.LOG_LEVEL;
  const sandbox = new SandboxService(env, log);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      sandbox.stop();
      process.exit(0);
    });
  }
  const port = await sandbox.start();
  log.info(
    { port, webhooks: env.WEBHOOK_URL ?? 'none', books: env.CARD_PROCESSOR_DATA ?? 'memory' },
    'ready',
  );
} catch (error) {
  log.fatal({ err: error }, error instanceof Error ? error.message : 'could not start');
  process.exit(1);
}
