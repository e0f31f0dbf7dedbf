import { startService } from '@caravan/platform';
import { ordersEnv } from './orders.env.ts';
import { OrdersModule } from './orders.module.ts';

await startService(OrdersModule, ordersEnv);
