import { z } from 'zod';

const empty = (value: unknown): unknown => (value === '' ? undefined : value);

const schema = z.object({
  NODE_ENV: z
    .string()
    .optional()
    .refine(
      (value) => value !== 'production',
      'the sandbox is for development only; production speaks to Stripe',
    ),
  LOG_LEVEL: z.preprocess(
    empty,
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  ),
  PORT: z.preprocess(empty, z.coerce.number().int().min(0).max(65_535).default(8090)),
  /** A listening socket that was handed to this process; it listens there instead of on PORT. */
  LISTEN_FD: z.preprocess(empty, z.coerce.number().int().min(3).optional()),
  /** Which start of this process this is; every answer says it in X-Instance-Id. */
  INSTANCE_ID: z.preprocess(empty, z.string().optional()),
  /** Missing: any key that looks like a secret one is taken. */
  STRIPE_SECRET_KEY: z.preprocess(empty, z.string().min(8).optional()),
  /** Where payments finds this sandbox; its host is answered besides those of the loopback interface. */
  STRIPE_API_BASE: z.preprocess(empty, z.url().optional()),
  STRIPE_WEBHOOK_SECRET: z.preprocess(empty, z.string().min(8).optional()),
  /** Missing: no webhooks are sent. */
  WEBHOOK_URL: z.preprocess(empty, z.url().optional()),
  /** Comma-separated kinds of events; missing: all. */
  WEBHOOK_EVENTS: z.preprocess(
    empty,
    z
      .string()
      .transform((list) => list.split(',').map((event) => event.trim()))
      .optional(),
  ),
  /** Folder of the journal; missing: the books live in memory only. */
  CARD_PROCESSOR_DATA: z.preprocess(empty, z.string().optional()),
});

const checked = schema.refine(
  (env) => env.WEBHOOK_URL === undefined || env.STRIPE_WEBHOOK_SECRET !== undefined,
  {
    path: ['STRIPE_WEBHOOK_SECRET'],
    message: 'needed to sign what goes to WEBHOOK_URL',
  },
);

export type CardProcessorEnv = z.infer<typeof checked>;

/** Reads the environment once; throws one error that tells all mistakes. */
export function cardProcessorEnv(source: NodeJS.ProcessEnv): CardProcessorEnv {
  const parsed = checked.safeParse(source);
  if (!parsed.success) throw new Error(`The environment is not right:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
