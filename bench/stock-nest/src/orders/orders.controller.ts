import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import type { Order } from './order.entity.ts';
import { OrdersService, type Placed, type PlaceOrder } from './orders.service.ts';

@Controller()
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @MessagePattern('orders.place')
  place(@Payload() command: PlaceOrder): Promise<Placed> {
    return this.orders.place(command);
  }

  @MessagePattern('orders.by-id')
  byId(@Payload() { id, customerId }: { id: string; customerId: string }): Promise<Order | null> {
    return this.orders.byId(id, customerId);
  }
}
