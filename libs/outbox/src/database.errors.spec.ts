import { describe, expect, it } from '@jest/globals';
import { ContentionError, TransientError } from '@caravan/messaging';
import { isAway, isContention, isRefusal, translated } from './database.errors.ts';

const said = (code: string, message = 'as PostgreSQL says it') => Object.assign(new Error(message), { code });

describe('what the database says', () => {
  it.each([
    ['disk full', '53100'],
    ['too many connections', '53300'],
    ['shutting down', '57P01'],
    ['starting', '57P03'],
    ['read-only after a failover', '25006'],
    ['idle in a transaction for too long', '25P03'],
    ['wrong password while it is rotated', '28P01'],
    ['refused by nobody who listens', 'ECONNREFUSED'],
    ['no file descriptors left', 'EMFILE'],
  ])('is about itself: %s', (_, code) => {
    expect([isAway(said(code)), isRefusal(said(code))]).toEqual([true, false]);
    expect(translated(said(code))).toBeInstanceOf(TransientError);
  });

  it.each([
    ['not unique', '23505'],
    ['no such text', '22P02'],
    ['after an error that was passed over', '25P02'],
    ['no such table', '42P01'],
  ])('is about what it was asked: %s', (_, code) => {
    const error = said(code);
    expect([isAway(error), isRefusal(error), translated(error) === error]).toEqual([false, true, true]);
  });

  it.each([
    ['a deadlock', '40P01'],
    ['no serial order', '40001'],
    ['a lock held for too long', '55P03'],
    ['a statement that takes too long', '57014'],
  ])('is about single rows, and never a reason to hold everything: %s', (_, code) => {
    expect([isAway(said(code)), isRefusal(said(code)), isContention(said(code))]).toEqual([
      false,
      true,
      true,
    ]);
    expect(translated(said(code))).toBeInstanceOf(ContentionError);
    expect(translated(said(code), true)).toMatchObject({ outcomeUnknown: true });
  });

  it('never becomes less unknown than it was', () => {
    const unknown = translated(said('ECONNRESET'), true) as TransientError;
    expect(unknown.outcomeUnknown).toBe(true);
    expect(translated(unknown)).toBe(unknown);
    expect(translated(translated(said('08006')), true)).toMatchObject({ outcomeUnknown: true });
  });
});
