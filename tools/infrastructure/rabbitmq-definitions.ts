import { createHash, randomBytes } from 'node:crypto';

/** RabbitMQ's own salted form of a password (rabbitmq.com/docs/passwords: base64(salt + sha256(salt + password))). */
export function passwordHash(password: string, salt = randomBytes(4)): string {
  const digest = createHash('sha256').update(salt).update(password, 'utf8').digest();
  return Buffer.concat([salt, digest]).toString('base64');
}

/** The definitions file that gives a new node one administrator and these virtual hosts. */
export function rabbitmqDefinitions(user: string, password: string, vhosts: string[]): string {
  return JSON.stringify({
    users: [
      {
        name: user,
        password_hash: passwordHash(password),
        hashing_algorithm: 'rabbit_password_hashing_sha256',
        tags: 'administrator',
      },
    ],
    vhosts: vhosts.map((name) => ({ name })),
    permissions: vhosts.map((vhost) => ({ user, vhost, configure: '.*', write: '.*', read: '.*' })),
  });
}
