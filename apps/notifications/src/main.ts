import 'reflect-metadata';
import { startService } from '@caravan/platform';
import { notificationsEnv } from './notifications.env.ts';
import { NotificationsModule } from './notifications.module.ts';

await startService(NotificationsModule, notificationsEnv);
