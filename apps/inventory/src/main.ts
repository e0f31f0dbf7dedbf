import 'reflect-metadata';
import { startService } from '@caravan/platform';
import { inventoryEnv } from './inventory.env.ts';
import { InventoryModule } from './inventory.module.ts';

await startService(InventoryModule, inventoryEnv);
