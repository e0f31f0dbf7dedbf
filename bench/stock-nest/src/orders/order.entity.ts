import {
  Column,
  CreateDateColumn,
  Entity,
  Generated,
  Index,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
} from 'typeorm';
import { tuned } from '../setup.ts';

export type OrderStatus = 'PENDING' | 'CONFIRMED' | 'REJECTED';

@Entity('orders')
export class Order {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column()
  @Generated('increment')
  number!: number;

  @Column()
  customerId!: string;

  @Column()
  status!: OrderStatus;

  @Column({ default: 0 })
  total!: number;

  @Column({ type: 'jsonb' })
  shippingAddress!: object;

  @CreateDateColumn()
  placedAt!: Date;

  @OneToMany(() => OrderLine, (line) => line.order, { cascade: true })
  lines!: OrderLine[];
}

/** TypeORM makes no index for a foreign key by itself. */
const IndexWhenTuned = (): PropertyDecorator => (tuned ? Index() : () => undefined);

@Entity()
export class OrderLine {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ManyToOne(() => Order, (order) => order.lines)
  @IndexWhenTuned()
  order!: Order;

  @Column()
  sku!: string;

  @Column({ default: '' })
  name!: string;

  @Column()
  quantity!: number;

  @Column({ default: 0 })
  unitPrice!: number;
}
