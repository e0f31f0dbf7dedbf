import type { Type } from '@nestjs/common';
import type { ServiceEnv, ServiceOptions } from '@caravan/platform';
import { bffMobileEnv } from '../../bff-mobile/src/bff-mobile.env.ts';
import { BffMobileModule } from '../../bff-mobile/src/bff-mobile.module.ts';
import { bffWebEnv } from '../../bff-web/src/bff-web.env.ts';
import { BffWebModule } from '../../bff-web/src/bff-web.module.ts';
import { gatewayEnv } from '../../gateway/src/gateway.env.ts';
import { GatewayModule } from '../../gateway/src/gateway.module.ts';
import { configureServer, serverOptions } from '../../gateway/src/server.ts';
import { inventoryEnv } from '../../inventory/src/inventory.env.ts';
import { InventoryModule } from '../../inventory/src/inventory.module.ts';
import { notificationsEnv } from '../../notifications/src/notifications.env.ts';
import { NotificationsModule } from '../../notifications/src/notifications.module.ts';
import { ordersEnv } from '../../orders/src/orders.env.ts';
import { OrdersModule } from '../../orders/src/orders.module.ts';
import { paymentsEnv } from '../../payments/src/payments.env.ts';
import { PaymentsModule } from '../../payments/src/payments.module.ts';
import { usersEnv } from '../../users/src/users.env.ts';
import { UsersModule } from '../../users/src/users.module.ts';

export interface Member {
  readonly module: Type;
  readonly env: ServiceEnv;
  readonly options?: ServiceOptions;
}

/** Who lives in this process, by the order in which they are taken down: the door, who asks, who answers. */
export const stages: readonly (readonly Member[])[] = [
  [
    {
      module: GatewayModule,
      env: gatewayEnv,
      options: { fastify: serverOptions, configure: configureServer },
    },
  ],
  [
    { module: BffWebModule, env: bffWebEnv },
    { module: BffMobileModule, env: bffMobileEnv },
  ],
  [
    { module: UsersModule, env: usersEnv },
    { module: OrdersModule, env: ordersEnv },
    { module: PaymentsModule, env: paymentsEnv },
    { module: InventoryModule, env: inventoryEnv },
    { module: NotificationsModule, env: notificationsEnv },
  ],
];
