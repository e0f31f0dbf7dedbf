import 'reflect-metadata';
import { startService } from '@caravan/platform';
import { usersEnv } from './users.env.ts';
import { UsersModule } from './users.module.ts';

await startService(UsersModule, usersEnv);
