import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import type { Payment } from './payment.entity.ts';
import { type Charge, PaymentsService } from './payments.service.ts';

@Controller()
export class PaymentsController {
  constructor(private readonly payments: PaymentsService) {}

  @MessagePattern('payments.charge')
  charge(@Payload() charge: Charge): Promise<Payment> {
    return this.payments.charge(charge);
  }

  @MessagePattern('payments.by-order')
  byOrder(@Payload() orderId: string): Promise<Payment | null> {
    return this.payments.byOrder(orderId);
  }
}
