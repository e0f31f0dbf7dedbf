import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import {
  CancelOrder,
  type DataOf,
  GetOrders,
  GetTimelines,
  ListOrders,
  PaymentChanged,
  PlaceOrder,
  GetOrderStatuses,
  MailSettled,
  ReservationOverdue,
} from '@caravan/contracts';
import type { Message } from '@caravan/messaging';
import { currentContext } from '@caravan/platform';
import { OrdersService } from './orders.service.ts';
import { PaymentChangesService } from './payment-changes.service.ts';
import { UndeliverableMailsService } from './undeliverable-mails.service.ts';

@Controller()
export class OrdersHandlers {
  constructor(
    private readonly orders: OrdersService,
    private readonly changes: PaymentChangesService,
    private readonly mails: UndeliverableMailsService,
  ) {}

  @MessagePattern(PlaceOrder.type, { batched: true, gathered: true })
  place(@Payload() requests: Message<DataOf<typeof PlaceOrder>>[]) {
    return this.orders.place(requests);
  }

  @MessagePattern(CancelOrder.type)
  cancel(@Payload() { id, customerId }: DataOf<typeof CancelOrder>) {
    return this.orders.cancel(id, customerId, currentContext().deadline);
  }

  @MessagePattern(GetOrders.type)
  async find(@Payload() { ids, customerId }: DataOf<typeof GetOrders>) {
    return { orders: await this.orders.find(ids, customerId) };
  }

  @MessagePattern(GetOrderStatuses.type)
  async statuses(@Payload() { ids }: DataOf<typeof GetOrderStatuses>) {
    return { orders: await this.orders.statuses(ids) };
  }

  @MessagePattern(ListOrders.type)
  list(@Payload() page: DataOf<typeof ListOrders>) {
    return this.orders.list(page);
  }

  @MessagePattern(GetTimelines.type)
  async timelines(@Payload() { orderIds, customerId }: DataOf<typeof GetTimelines>) {
    return { timelines: await this.orders.timelines(orderIds, customerId) };
  }

  @EventPattern<string>(MailSettled.type)
  mailSettled(@Payload() messages: Message<DataOf<typeof MailSettled>>[]) {
    return this.mails.note(messages);
  }

  @EventPattern<string>(ReservationOverdue.type)
  settle(@Payload() messages: Message<DataOf<typeof ReservationOverdue>>[]) {
    return this.orders.settleReservations(messages);
  }

  @EventPattern<string>(PaymentChanged.type)
  notePaymentChanges(@Payload() messages: Message<DataOf<typeof PaymentChanged>>[]) {
    return this.changes.note(messages);
  }
}
