import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { type Command, readWords, usageOf, WrongWords } from './command-line.ts';

const command = {
  call: 'npm run errand',
  about: 'Runs an errand.',
  flags: {
    to: { type: 'string', value: 'PLACE', help: 'where' },
    bring: { type: 'string', multiple: true, value: 'THING', help: 'what' },
    fast: { type: 'boolean', help: 'in a hurry' },
    'no-talk': { type: 'boolean', help: 'in silence' },
  },
  words: { form: 'WHO', min: 1, max: 2 },
} as const satisfies Command;

describe('a command line', () => {
  it('is read', () => {
    expect(readWords(command, ['ann', '--to=town', '--bring', 'a', '--bring', 'b', '--fast'])).toEqual({
      words: ['ann'],
      flags: { to: 'town', bring: ['a', 'b'], fast: true, 'no-talk': false },
    });
    expect(readWords(command, ['ann']).flags).toEqual({
      to: undefined,
      bring: [],
      fast: false,
      'no-talk': false,
    });
  });

  it('is read where npm has swallowed a part, because the -- was forgotten', () => {
    const env = { npm_config_fast: 'true', npm_config_to: 'town', npm_config_talk: '' };
    expect(readWords(command, ['ann'], env).flags).toMatchObject({ to: 'town', fast: true, 'no-talk': true });
  });

  it.each([
    [['ann', '--slow'], 'there is no flag --slow.'],
    [['ann', '-x'], 'there is no flag -x.'],
    [['ann', '--to'], '--to wants a value.'],
    [['ann', '--to', '--fast'], '--to wants a value.'],
    [['ann', '--fast=no'], '--fast takes no value.'],
    [['ann', 'bob', 'cem'], 'what is "cem"?'],
    [[], 'WHO is missing.'],
  ])('of %j is refused in words', (args, words) => {
    expect(() => readWords(command, args)).toThrow(new WrongWords(`npm run errand: ${words}`));
  });

  it('has a usage', () => {
    expect(usageOf(command)).toEqual([
      'Usage: npm run errand -- WHO [flags]',
      '  Runs an errand.',
      '',
      '  --to PLACE     where',
      '  --bring THING  what',
      '  --fast         in a hurry',
      '  --no-talk      in silence',
      '  --help         this text',
    ]);
  });
});

describe.each(['start', 'stop', 'status', 'demo', 'build'])('npm run %s', (name) => {
  const run = (word: string) =>
    spawnSync(process.execPath, [`tools/${name}.ts`, word], { encoding: 'utf8', timeout: 25_000 });

  it('refuses a flag that it does not know, with the usage, and does nothing', () => {
    const { status, stdout, stderr } = run('--foo');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('there is no flag --foo.');
    expect(stderr).toContain('Usage: npm ');
  });

  it('tells its usage', () => {
    const { status, stdout } = run('--help');
    expect([status, stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(/^Usage: npm /)]);
  });
});
