import { describe, expect, it } from '@jest/globals';
import { apply, User } from './user.ts';

const good = { email: 'Ada@Example.com', name: ' Ada ', password: 'correct horse' };

const issuesOf = (said: Partial<typeof good>): unknown => {
  try {
    apply({ ...good, ...said });
    return [];
  } catch (error) {
    return (error as { details: { issues: unknown } }).details.issues;
  }
};

describe('an application', () => {
  it('is brought into one spelling', () => {
    expect(apply(good)).toEqual({ email: 'ada@example.com', name: 'Ada', password: 'correct horse' });
  });

  it('that is wrong is told everything at once', () => {
    expect(issuesOf({ email: 'ada', name: ' ', password: '1234567' })).toEqual([
      { path: 'email', message: 'This is not an e-mail address.' },
      { path: 'password', message: 'The password needs at least 8 characters; this one has 7.' },
      { path: 'name', message: 'The name is missing.' },
    ]);
  });

  it('counts characters, not code units, of a password', () => {
    expect(issuesOf({ password: '🔑🔑🔑🔑' })).toHaveLength(1);
    expect(issuesOf({ password: '🔑'.repeat(8) })).toEqual([]);
    expect(issuesOf({ password: 'x'.repeat(128) })).toEqual([]);
    expect(issuesOf({ password: 'x'.repeat(129) })).toHaveLength(1);
    expect(issuesOf({ password: 'long enough\0' })).toHaveLength(1);
  });

  it('needs a name that can be shown', () => {
    expect(issuesOf({ name: 'x'.repeat(201) })).toHaveLength(1);
    expect(issuesOf({ name: 'Ada\u0007' })).toHaveLength(1);
    expect(issuesOf({ name: "<script>alert('Ada')</script>" })).toEqual([]);
  });
});

describe('a user', () => {
  it('begins as a customer and never shows the hash', () => {
    const user = User.register({ email: 'ada@example.com', name: 'Ada' }, '$argon2id$…');
    expect(user.toCustomer()).toEqual({
      id: user.id,
      email: 'ada@example.com',
      name: 'Ada',
      roles: ['customer'],
    });
  });
});
