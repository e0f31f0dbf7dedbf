import { command } from '@caravan/contracts';
import { z } from 'zod';
import { order } from './echo.contract.ts';

export const Hear = command('users.hear', z.object({ n: z.int(), order }), z.object({}));
