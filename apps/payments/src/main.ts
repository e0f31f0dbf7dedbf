import 'reflect-metadata';
import { startService } from '@caravan/platform';
import { paymentsEnv } from './payments.env.ts';
import { PaymentsModule } from './payments.module.ts';

await startService(PaymentsModule, paymentsEnv);
