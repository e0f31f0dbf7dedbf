import { z } from 'zod';
import { SABOTAGES } from './sabotage.ts';

/** Injection token of the service's own, checked environment. */
export const ENV = Symbol('ENV');

const port = z.coerce.number().int().min(0).max(65_535);

const common = {
  /** Where it is not set this is production: an IDE, introspection and demo data are opened on purpose only. */
  NODE_ENV: z.enum(['development', 'test', 'production']).default('production'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** Address to listen on. Loopback unless told otherwise: an opening is a visible word. */
  HOST: z.string().default('127.0.0.1'),
  MANAGEMENT_PORT: port.default(0),
  /** Address of the management port (health, metrics). HOST does not open it. Pods: the pod's address, for probes from outside. */
  MANAGEMENT_HOST: z.string().default('127.0.0.1'),
  /** Where a successor listens until the process that it replaces has left MANAGEMENT_PORT. */
  MANAGEMENT_PORT_MEANWHILE: port.optional(),
  /** Which start of which process this is: the management port says it in X-Instance-Id, so that a probe knows which process answered. */
  INSTANCE_ID: z
    .string()
    .regex(/^[\w.-]{1,100}$/)
    .optional(),
  REPLICA: z.coerce.number().int().min(0).default(0),
  /** Milliseconds that work in flight has to finish after SIGTERM. */
  SHUTDOWN_GRACE_MS: z.coerce.number().int().min(0).default(10_000),
  /** Named places where this process can be made to fail, armed over its management port. Tests only. */
  FAULT_POINTS: z.enum(['on']).optional(),
  /** A promise that this process breaks, so that the checker can be seen to notice. Tests only. */
  SABOTAGE: z.enum(SABOTAGES).optional(),
};

const TESTS_ONLY = ['FAULT_POINTS', 'SABOTAGE'] as const;

type Common = typeof common;

/** What a service reads from the environment: its name and a zod shape on top of the common variables. */
export interface ServiceEnv<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly service: string;
  readonly schema: z.ZodObject<Common & Shape>;
}

export type CommonEnv = z.infer<z.ZodObject<Common>>;
export type EnvOf<E> = E extends ServiceEnv<infer Shape> ? z.infer<z.ZodObject<Common & Shape>> : never;

/** @param testsOnly names of the shape's own variables that are refused unless NODE_ENV is `test` */
export function serviceEnv<Shape extends z.ZodRawShape>(
  service: string,
  shape: Shape,
  testsOnly: readonly (keyof Shape & string)[] = [],
): ServiceEnv<Shape> {
  const schema = z.object({ ...common, ...shape });
  // Told together with every other mistake, hence `when`: by default a refinement waits until the rest is right.
  const guarded = [...TESTS_ONLY, ...testsOnly].reduce(
    (guarded, name) =>
      guarded.refine(
        (env) => (env as Record<string, unknown>)[name] === undefined || env.NODE_ENV === 'test',
        { path: [name], message: refusal(name), when: () => true },
      ),
    schema as z.ZodObject<Common>,
  );
  return { service, schema: guarded as typeof schema };
}

const refusal = (name: string): string =>
  `${name in common ? 'breaks this process on purpose and ' : ''}is for tests only (NODE_ENV=test). Unset it.`;

/** `"true"` or `"false"`, as an environment variable spells a boolean. */
export const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false'])
    .default(fallback ? 'true' : 'false')
    .transform((value) => value === 'true');

/** What an app with an HTTP server reads. @param fallback its port where none is given */
export const httpShape = (fallback: number) => ({
  PORT: port.default(fallback),
  /** A listening socket that was handed to this process, open under this number; it listens there instead of on PORT. */
  LISTEN_FD: z.coerce.number().int().min(3).optional(),
  /** Milliseconds at shutdown in which kept connections may still bring a request, before the idle ones are closed. */
  DRAIN_LINGER_MS: z.coerce.number().int().min(0).default(2_000),
});

/** Every mistake in the environment at once, a line each. */
export class EnvironmentError extends Error {
  constructor(service: string, issues: readonly z.core.$ZodIssue[]) {
    const lines = issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    super(`${service} cannot start, its environment has ${issues.length} mistake(s):\n${lines.join('\n')}`);
    this.name = 'EnvironmentError';
  }
}

/**
 * Reads and checks the environment, once. An empty variable counts as absent.
 * @throws EnvironmentError that names every mistake.
 */
export function readEnv<E extends ServiceEnv>(
  env: E,
  source: Record<string, string | undefined>,
): EnvOf<E> & CommonEnv {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const result = env.schema.safeParse(given);
  if (!result.success) throw new EnvironmentError(env.service, result.error.issues);
  return result.data as EnvOf<E> & CommonEnv;
}
