import { describe, expect, it } from '@jest/globals';
import { TransientError } from '@caravan/messaging';
import { isAway, isRefusal, translated } from './database.errors.ts';

const said = (code: string, message = 'as PostgreSQL says it') => Object.assign(new Error(message), { code });

describe('what the database says', () => {
  it.each([
    ['disk full', '53100'],
    ['too many connections', '53300'],
    ['shutting down', '57P01'],
    ['starting', '57P03'],
    ['interrupted', '57014'],
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

  it('is about others: the transaction is done again', () => {
    expect(isRefusal(said('40P01'))).toBe(true);
    expect(translated(said('40P01'))).toBeInstanceOf(TransientError);
  });

  it('never becomes less unknown than it was', () => {
    const unknown = translated(said('ECONNRESET'), true) as TransientError;
    expect(unknown.outcomeUnknown).toBe(true);
    expect(translated(unknown)).toBe(unknown);
    expect(translated(translated(said('08006')), true)).toMatchObject({ outcomeUnknown: true });
  });
});
