import 'reflect-metadata';
import { startService } from '@caravan/platform';
import { bffWebEnv } from './bff-web.env.ts';
import { BffWebModule } from './bff-web.module.ts';

await startService(BffWebModule, bffWebEnv);
