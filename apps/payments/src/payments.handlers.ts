import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import {
  AuthorizePayment,
  CapturePayment,
  type DataOf,
  type Failure,
  GetPayments,
  ReceiveWebhook,
  RefundPayment,
  type ReplyOf,
  VoidPayment,
} from '@caravan/contracts';
import type { Message } from '@caravan/messaging';
import { PaymentsService } from './payments.service.ts';
import { WebhooksService } from './webhooks.service.ts';

@Controller()
export class PaymentsHandlers {
  constructor(
    private readonly payments: PaymentsService,
    private readonly webhooks: WebhooksService,
  ) {}

  @EventPattern<string>(AuthorizePayment.type)
  authorize(@Payload() messages: Message<DataOf<typeof AuthorizePayment>>[]): Promise<void> {
    return this.payments.authorize(messages);
  }

  @EventPattern<string>(CapturePayment.type)
  capture(@Payload() messages: Message<DataOf<typeof CapturePayment>>[]): Promise<void> {
    return this.payments.capture(messages);
  }

  @EventPattern<string>(VoidPayment.type)
  void(@Payload() messages: Message<DataOf<typeof VoidPayment>>[]): Promise<void> {
    return this.payments.void(messages);
  }

  @EventPattern<string>(RefundPayment.type)
  refund(@Payload() messages: Message<DataOf<typeof RefundPayment>>[]): Promise<void> {
    return this.payments.refund(messages);
  }

  @MessagePattern(GetPayments.type, { batched: true })
  async get(
    @Payload() requests: Message<DataOf<typeof GetPayments>>[],
  ): Promise<ReplyOf<typeof GetPayments>[]> {
    const found = await this.payments.find(requests.map(({ data }) => data.orderIds));
    return found.map((payments) => ({ payments }));
  }

  @MessagePattern(ReceiveWebhook.type, { batched: true })
  receive(@Payload() requests: Message<DataOf<typeof ReceiveWebhook>>[]): (Failure | Promise<object>)[] {
    return this.webhooks.receive(requests.map(({ data }) => data));
  }
}
