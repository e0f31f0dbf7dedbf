import 'reflect-metadata';
import { startService } from '@caravan/platform';
import { bffMobileEnv } from './bff-mobile.env.ts';
import { BffMobileModule } from './bff-mobile.module.ts';

await startService(BffMobileModule, bffMobileEnv);
