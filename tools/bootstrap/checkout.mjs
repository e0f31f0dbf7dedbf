import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const checkout = resolve(fileURLToPath(import.meta.url), '../../..');
