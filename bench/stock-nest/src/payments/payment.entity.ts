import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity()
export class Payment {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column({ unique: true })
  orderId!: string;

  @Column()
  status!: 'PENDING' | 'CAPTURED' | 'DECLINED';

  @Column()
  amount!: number;

  @Column()
  method!: string;

  @Column({ type: 'varchar', nullable: true })
  processorId!: string | null;
}
