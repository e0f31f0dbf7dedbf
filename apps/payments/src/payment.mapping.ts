import { EntitySchema } from 'typeorm';
import { Payment } from './payment.ts';

const minor = { type: 'bigint', transformer: { from: Number, to: (value: number) => value } } as const;

/** Payment ↔ table `payments`; `dueInMs` becomes `due_at` by the database's clock when it is saved. */
export const PaymentSchema = new EntitySchema<Payment>({
  name: 'Payment',
  target: Payment,
  tableName: 'payments',
  columns: {
    orderId: { name: 'order_id', type: 'uuid', primary: true },
    status: { type: 'text' },
    operation: { type: 'text', nullable: true },
    begunBy: { name: 'begun_by', type: 'uuid', nullable: true },
    amountMinor: { name: 'amount_minor', ...minor },
    refundedMinor: { name: 'refunded_minor', ...minor },
    currency: { type: 'text' },
    method: { type: 'text', nullable: true },
    intentId: { name: 'intent_id', type: 'text', nullable: true },
    declineCode: { name: 'decline_code', type: 'text', nullable: true },
    attempts: { type: 'int' },
    trouble: { type: 'text', nullable: true },
    spentKeys: { name: 'spent_keys', type: 'int' },
    waiting: { type: 'jsonb' },
    version: { type: 'int' },
    createdAt: { name: 'created_at', type: 'timestamptz' },
  },
});
