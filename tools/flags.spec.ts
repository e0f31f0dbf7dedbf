import { describe, expect, it } from '@jest/globals';
import { parseReplicas, parseStartFlags } from './flags.ts';

describe('the flags of npm start', () => {
  it('are off unless said', () => {
    expect(parseStartFlags([])).toEqual({
      singleProcess: false,
      replicas: {},
      detach: false,
      fresh: false,
      demoData: true,
    });
  });

  it('are read', () => {
    expect(
      parseStartFlags(['--replicas', 'orders=2,inventory=3', '--detach', '--fresh', '--no-demo-data']),
    ).toEqual({
      singleProcess: false,
      replicas: { orders: 2, inventory: 3 },
      detach: true,
      fresh: true,
      demoData: false,
    });
  });

  it('are found where npm has swallowed them, because the -- before them was forgotten', () => {
    const env = { npm_config_detach: 'true', npm_config_demo_data: '', npm_config_replicas: 'true' };
    expect(parseStartFlags(['orders=2'], env)).toMatchObject({
      detach: true,
      demoData: false,
      replicas: { orders: 2 },
    });
    expect(parseStartFlags([], { npm_config_replicas: 'orders=3' })).toMatchObject({
      replicas: { orders: 3 },
    });
  });

  it.each([[['--nope']], [['orders=2']], [['word']], [['--replicas']], [['--detach=yes']]])(
    'refuse %j',
    (args) => {
      expect(() => parseStartFlags(args)).toThrow();
    },
  );

  it.each(['orders', 'orders=0', 'orders=-1', 'orders=21', 'orders=x', 'mail-sink=2', 'nobody=2'])(
    'refuse --replicas %s',
    (text) => {
      expect(() => parseReplicas(text)).toThrow('--replicas');
    },
  );
});
