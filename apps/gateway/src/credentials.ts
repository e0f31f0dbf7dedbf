import { z } from 'zod';
import { invalidFields } from './gateway.errors.ts';
import { parseJsonObject } from './json.ts';

/** An answer does not grow with the mistakes of a request. */
const MAX_ISSUES = 10;

const text = (max: number) =>
  z.string().min(1, 'This is missing.').max(max, `At most ${max} characters fit here.`);
const email = text(320);
const password = text(1024);

/** Bodies of /v1/auth, exactly: a field that nobody knows is a mistake that should be told. */
export const registration = z.strictObject({ email, password, name: text(1000) });
export const credentials = z.strictObject({ email, password });
export const renewal = z.strictObject({ refreshToken: text(1024) });

/** @throws Refusal 400 that names every field that is wrong */
export function read<S extends z.ZodType>(schema: S, body: Buffer | undefined): z.infer<S> {
  const result = schema.safeParse(parseJsonObject(body));
  if (result.success) return result.data;
  throw invalidFields(
    result.error.issues.slice(0, MAX_ISSUES).flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys
            .slice(0, MAX_ISSUES)
            .map((key) => ({ path: key.slice(0, 64), message: 'There is no such field.' }))
        : [
            {
              path: issue.path.join('.'),
              message: issue.code === 'invalid_type' ? 'A text is needed here.' : issue.message,
            },
          ],
    ),
  );
}
