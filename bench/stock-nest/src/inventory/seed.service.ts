import { readFileSync } from 'node:fs';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Product } from './product.entity.ts';

@Injectable()
export class SeedService implements OnApplicationBootstrap {
  constructor(@InjectRepository(Product) private readonly products: Repository<Product>) {}

  async onApplicationBootstrap(): Promise<void> {
    const file = process.env.PRODUCTS_FILE;
    if (!file || (await this.products.count()) > 0) return;
    await this.products.save(JSON.parse(readFileSync(file, 'utf8')) as Product[]);
  }
}
