import { Injectable } from '@nestjs/common';
import type { Tx } from '@caravan/outbox';
import { DataSource, In } from 'typeorm';
import { User } from './user.ts';

@Injectable()
export class UsersRepository {
  constructor(private readonly database: DataSource) {}

  byEmail(email: string): Promise<User | null> {
    return this.database.getRepository(User).findOneBy({ email });
  }

  /** The account of a session, which cannot be there without it. */
  async byId(tx: Tx, id: string): Promise<User> {
    const [row] = await tx.query<Omit<User, 'toCustomer'>>(
      `SELECT id, email, name, password_hash AS "passwordHash", roles, created_at AS "createdAt"
       FROM account WHERE id = $1`,
      [id],
    );
    return Object.assign(new User(), row);
  }

  byIds(ids: string[]): Promise<User[]> {
    return this.database.getRepository(User).findBy({ id: In(ids) });
  }

  /** @returns false when the e-mail address has an account already; then nothing is written */
  async add(tx: Tx, user: User): Promise<boolean> {
    const added = await tx.query(
      `INSERT INTO account (id, email, name, password_hash, roles, created_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (email) DO NOTHING RETURNING id`,
      [user.id, user.email, user.name, user.passwordHash, user.roles, user.createdAt],
    );
    return added.length === 1;
  }
}
