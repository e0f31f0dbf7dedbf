import { Inject, Injectable } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import { InjectRepository } from '@nestjs/typeorm';
import { firstValueFrom } from 'rxjs';
import { Repository } from 'typeorm';
import type { Reserved } from '../inventory/inventory.service.ts';
import type { Payment } from '../payments/payment.entity.ts';
import { Order } from './order.entity.ts';

export interface PlaceOrder {
  customerId: string;
  lines: { sku: string; quantity: number }[];
  paymentMethod: string;
  shippingAddress: object;
}

export type Placed =
  | { outcome: 'CONFIRMED'; order: Order }
  | {
      outcome: 'OUT_OF_STOCK';
      orderId: string;
      missing: { sku: string; requested: number; available: number };
    }
  | { outcome: 'DECLINED'; orderId: string };

@Injectable()
export class OrdersService {
  constructor(
    @InjectRepository(Order) private readonly orders: Repository<Order>,
    @Inject('INVENTORY') private readonly inventory: ClientProxy,
    @Inject('PAYMENTS') private readonly payments: ClientProxy,
  ) {}

  byId(id: string, customerId: string): Promise<Order | null> {
    return this.orders.findOne({ where: { id, customerId }, relations: { lines: true } });
  }

  async place({ paymentMethod, ...placeOrder }: PlaceOrder): Promise<Placed> {
    const order = await this.orders.save(this.orders.create({ ...placeOrder, status: 'PENDING' }));

    const stock = await firstValueFrom(
      this.inventory.send<Reserved>('stock.reserve', { orderId: order.id, lines: placeOrder.lines }),
    );
    if (!stock.reserved) {
      order.status = 'REJECTED';
      await this.orders.save(order);
      return { outcome: 'OUT_OF_STOCK', orderId: order.id, missing: stock.missing };
    }
    for (const line of order.lines) {
      const product = stock.products.find(({ sku }) => sku === line.sku);
      line.name = product?.name ?? '';
      line.unitPrice = product?.price ?? 0;
      order.total += line.quantity * line.unitPrice;
    }

    const payment = await firstValueFrom(
      this.payments.send<Payment>('payments.charge', {
        orderId: order.id,
        amount: order.total,
        method: paymentMethod,
      }),
    );
    order.status = payment.status === 'CAPTURED' ? 'CONFIRMED' : 'REJECTED';
    await this.orders.save(order);
    if (order.status === 'CONFIRMED') return { outcome: 'CONFIRMED', order };
    this.inventory.emit('order.rejected', order.id);
    return { outcome: 'DECLINED', orderId: order.id };
  }
}
