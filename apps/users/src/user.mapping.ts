import { EntitySchema } from 'typeorm';
import { User } from './user.ts';

export const UserMapping = new EntitySchema<User>({
  name: 'User',
  target: User,
  tableName: 'account',
  columns: {
    id: { type: 'uuid', primary: true },
    email: { type: 'text', unique: true },
    name: { type: 'text' },
    passwordHash: { name: 'password_hash', type: 'text' },
    roles: { type: 'text', array: true },
    createdAt: { name: 'created_at', type: 'timestamptz' },
  },
});
