import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity()
export class Product {
  @PrimaryColumn()
  sku!: string;

  @Column()
  name!: string;

  @Column()
  description!: string;

  @Column()
  category!: string;

  @Column()
  imageUrl!: string;

  @Column()
  price!: number;

  @Column()
  stock!: number;
}

@Entity()
export class Reservation {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column()
  orderId!: string;

  @Column()
  sku!: string;

  @Column()
  quantity!: number;
}
