import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldersAt } from '../checkout.ts';
import { WrongWords } from '../command-line.ts';
import { identify } from '../supervision/process-identity.ts';
import { type RunState, writeState } from '../supervision/run-state.ts';
import { brokerUrl, databasesInMemory } from './installation.ts';
import { Trouble } from './program.ts';

const ROOT = '.data/test-installation';
const folders = foldersAt(ROOT);
const runs = (topology: RunState['topology'], supervisor = identify(process.pid)!) =>
  writeState(folders, {
    ...{ topology, supervisor, run: 'r1', phase: 'ready', processes: [], infrastructure: [] },
    ...{ gateway: '', children: [], hints: [] },
  });
afterAll(() => rmSync(folders.root, { recursive: true, force: true }));

describe('the broker of an installation', () => {
  it('is the one that was said, else the one in the environment', () => {
    const env = { RABBITMQ_URL: 'amqp://there' };
    expect(brokerUrl('amqps://u:p@here:5671/x', env, folders)).toBe('amqps://u:p@here:5671/x');
    expect(brokerUrl(undefined, env, folders)).toBe('amqp://there');
  });

  it.each(['here', 'http://here', 'amqp'])('is not %s', (url) => {
    expect(() => brokerUrl(url, {}, folders)).toThrow(WrongWords);
  });

  it('is else that of the system that runs here; when none does, what to do is said', () => {
    expect(() => brokerUrl(undefined, {}, folders)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('npm start') }),
    );
    runs('services', { pid: process.pid, started: 'another time' });
    expect(() => brokerUrl(undefined, {}, folders)).toThrow('does not run');
    runs('services');
    expect(() => brokerUrl(undefined, {}, folders)).toThrow(Trouble);
    mkdirSync(join(folders.run, 'env'), { recursive: true });
    writeFileSync(join(folders.run, 'env', 'orders.env'), 'RABBITMQ_URL="amqp://u:p@127.0.0.1:5"\n');
    expect(brokerUrl(undefined, {}, folders)).toBe('amqp://u:p@127.0.0.1:5');
    runs('single-process');
    expect(() => brokerUrl(undefined, {}, folders)).toThrow('without a broker');
  });
});

describe('the databases of an installation in one process', () => {
  it('are those that its process was given, as long as it has no broker', () => {
    runs('single-process');
    mkdirSync(join(folders.run, 'env'), { recursive: true });
    const file = join(folders.run, 'env', 'single-process.env');
    writeFileSync(file, 'ORDERS__RABBITMQ_URL="memory://x"\nBFF_WEB__DATABASE_URL="postgres://web"\n');
    expect(databasesInMemory(undefined, {}, folders)?.('bff-web')).toBe('postgres://web');
    expect(databasesInMemory(undefined, {}, folders)?.('orders')).toBeUndefined();
    writeFileSync(file, 'ORDERS__RABBITMQ_URL="amqp://x"\n');
    expect(databasesInMemory(undefined, {}, folders)).toBeUndefined();
  });

  it('are none with a broker, and those of the environment when that says memory', () => {
    runs('services');
    expect(databasesInMemory(undefined, {}, folders)).toBeUndefined();
    expect(databasesInMemory('amqp://there', {}, folders)).toBeUndefined();
    const env = { RABBITMQ_URL: 'memory://x', ORDERS__DATABASE_URL: 'postgres://orders' };
    expect(databasesInMemory(undefined, env, folders)?.('orders')).toBe('postgres://orders');
  });
});
