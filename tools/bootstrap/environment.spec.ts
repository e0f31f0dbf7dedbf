import { describe, expect, it } from '@jest/globals';
import { npmEnvironment, programEnvironment } from './environment.mjs';

const shell = { PATH: '/bin', HOME: '/home/ada', LANG: 'de_DE.UTF-8' };

describe('the environment of the tools', () => {
  it.each([
    'PGSSLMODE PGOPTIONS PGHOST PGSERVICE PGPASSFILE PGAPPNAME',
    'NODE_USE_ENV_PROXY HTTP_PROXY https_proxy ALL_PROXY no_proxy',
    'NODE_OPTIONS NODE_PATH NODE_ENV NODE_TLS_REJECT_UNAUTHORIZED NODE_PG_FORCE_NATIVE',
    'RABBITMQ_NODENAME RABBITMQ_MNESIA_BASE ERL_FLAGS ERL_EPMD_PORT ERL_LIBS',
    'CARAVAN_DETACHED CARAVAN_STACK INSTANCE_ID LISTEN_FD',
  ])('has nothing of %s', (names) => {
    const foreign = Object.fromEntries(names.split(' ').map((name) => [name, 'x']));
    expect(programEnvironment({ ...shell, ...foreign })).toEqual(shell);
  });

  it('keeps what the person may set', () => {
    const own = { ...shell, RABBITMQ_URL: 'amqp://x', DATABASE_URL: 'postgres://x', ORDER_WAIT_MS: '0' };
    expect(programEnvironment({ ...own, NODE_EXTRA_CA_CERTS: '/ca', UNSET: undefined })).toEqual({
      ...own,
      NODE_EXTRA_CA_CERTS: '/ca',
    });
  });

  it('of npm names the registry, and leaves out no package and no script', () => {
    const set = {
      HTTPS_PROXY: 'http://proxy',
      npm_config_registry: 'http://r',
      'npm_config_//r/:_authToken': 't',
    };
    const unset = {
      NODE_ENV: 'production',
      npm_config_omit: 'dev',
      npm_config_production: 'true',
      npm_config_ignore_scripts: 'true',
      npm_config_global: 'true',
      npm_config_dry_run: 'true',
      NODE_OPTIONS: '--require x',
    };
    expect(npmEnvironment({ ...shell, ...set, ...unset })).toEqual({ ...shell, ...set });
  });
});
