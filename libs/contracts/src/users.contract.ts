import { z } from 'zod';
import { request } from './contract.ts';
import { done, id, role } from './common.schemas.ts';

export const customer = z.object({ id, email: z.string(), name: z.string(), roles: z.array(role) });
export type Customer = z.infer<typeof customer>;

/** What a signed-in client holds. `expiresIn`: seconds that the access token still lives. */
export const session = z.object({
  user: customer,
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int(),
  refreshToken: z.string(),
});
export type Session = z.infer<typeof session>;

const email = z.string().max(320);
const password = z.string().max(1024);

export const Register = request(
  'users.register',
  z.object({ email, password, name: z.string().max(1000) }),
  session,
);
export const Login = request(
  'users.login',
  z.object({ email, password, address: z.string().optional() }),
  session,
);
export const Refresh = request('users.refresh', z.object({ refreshToken: z.string().max(1024) }), session);
export const Logout = request('users.logout', z.object({ refreshToken: z.string().max(1024) }), done);
export const GetSigningKeys = request(
  'users.get-signing-keys',
  done,
  z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
);
export const GetCustomers = request(
  'users.get-customers',
  z.object({ ids: z.array(id).max(500) }),
  z.object({ customers: z.array(customer) }),
);

/** Failure codes of users. */
export const UsersFailure = {
  emailTaken: 'users.email-taken',
  badCredentials: 'users.bad-credentials',
  tooManyAttempts: 'users.too-many-attempts',
  badRefreshToken: 'users.bad-refresh-token',
  invalid: 'users.invalid',
} as const;
