import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import Stripe from 'stripe';
import { Repository } from 'typeorm';
import { Payment } from './payment.entity.ts';

export interface Charge {
  orderId: string;
  amount: number;
  method: string;
}

const processor = new URL(process.env.STRIPE_API_BASE ?? 'https://api.stripe.com');

@Injectable()
export class PaymentsService {
  private readonly stripe = new Stripe(process.env.STRIPE_SECRET_KEY ?? '', {
    protocol: processor.protocol === 'http:' ? 'http' : 'https',
    host: processor.hostname,
    ...(processor.port ? { port: processor.port } : {}),
  });

  constructor(@InjectRepository(Payment) private readonly payments: Repository<Payment>) {}

  byOrder(orderId: string): Promise<Payment | null> {
    return this.payments.findOne({ where: { orderId } });
  }

  async charge(charge: Charge): Promise<Payment> {
    const payment = await this.payments.save(this.payments.create({ ...charge, status: 'PENDING' }));
    try {
      const intent = await this.stripe.paymentIntents.create({
        amount: charge.amount,
        currency: 'eur',
        payment_method: charge.method,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        confirm: true,
        metadata: { order_id: charge.orderId },
      });
      payment.processorId = intent.id;
      payment.status = 'CAPTURED';
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeCardError)) throw error;
      payment.status = 'DECLINED';
    }
    return this.payments.save(payment);
  }
}
