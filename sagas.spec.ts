import { describe, expect, it } from '@jest/globals';
import { existsSync, globSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import {
  isReleased,
  nextRelease,
  type ReleasedDefinition,
  SagaCatalogue,
  SagaDefinition,
} from '@caravan/saga';

const RELEASED = 'released-sagas.ts';
const folders = [...new Set(globSync('apps/*/src/*.saga.ts').map((file) => dirname(file)))].toSorted();

/** Local steps are not run here: any property of the service that they belong to is one. */
const anyService = new Proxy({}, { get: () => async () => undefined });

/** Each function that a `*.saga.ts` exports takes the service of its local steps and returns a definition. */
async function definitionsOf(folder: string): Promise<SagaDefinition<object>[]> {
  const definitions: SagaDefinition<object>[] = [];
  for (const file of globSync(`${folder}/*.saga.ts`).toSorted()) {
    const exported = (await import(resolve(file))) as Record<string, unknown>;
    for (const make of Object.values(exported)) {
      const made: unknown = typeof make === 'function' ? make(anyService) : undefined;
      if (made instanceof SagaDefinition) definitions.push(made);
    }
  }
  return definitions;
}

async function releasedOf(folder: string): Promise<readonly ReleasedDefinition[]> {
  const file = resolve(folder, RELEASED);
  if (!existsSync(file)) return [];
  return ((await import(file)) as { RELEASED: readonly ReleasedDefinition[] }).RELEASED;
}

/**
 * Adds what is new, and marks what `REMOVE_SAGA` names: see tools/generate.ts.
 * @throws when that definition is in use
 */
async function generate(folder: string): Promise<readonly ReleasedDefinition[]> {
  const remove = process.env.REMOVE_SAGA;
  const definitions = await definitionsOf(folder);
  const known = await releasedOf(folder);
  const named = known.find(({ name }) => name === remove);
  if (definitions.some(({ fingerprint }) => fingerprint === named?.fingerprint))
    throw new Error(`${remove} is the present definition; change the saga first`);
  let released = known.map((past) => (past === named ? { ...past, removed: true as const } : past));
  for (const { data, fingerprint } of definitions) {
    const { removed, ...past } = released.find((other) => other.fingerprint === fingerprint) ?? {};
    if (removed)
      released = released.map(
        (other) => (other.fingerprint === fingerprint ? past : other) as ReleasedDefinition,
      );
    else if (!isReleased(released, { fingerprint }))
      released = [...released, nextRelease(released, data, fingerprint)];
  }
  const path = join(folder, RELEASED);
  const source = `import type { ReleasedDefinition } from '@caravan/saga';

/** Every definition that was released. Written by "npm run generate"; see docs/sagas.md. */
export const RELEASED: readonly ReleasedDefinition[] = ${JSON.stringify(released)};
`;
  writeFileSync(path, await format(source, { ...(await resolveConfig(path)), parser: 'typescript' }));
  return released;
}

if (process.env.REMOVE_SAGA)
  it('the definition to take out was released', async () => {
    const released = (await Promise.all(folders.map(releasedOf))).flat();
    expect(released.map(({ name }) => name)).toContain(process.env.REMOVE_SAGA);
  });

describe.each(folders)('the sagas of %s', (folder) => {
  it('are all among the released definitions', async () => {
    const released = process.env.UPDATE_SAGAS ? await generate(folder) : await releasedOf(folder);
    const missing = (await definitionsOf(folder)).filter((definition) => !isReleased(released, definition));
    const advice = `Run "npm run generate" and commit ${relative('.', join(folder, RELEASED))}`;
    expect(missing.map(({ type }) => `${type} was changed. ${advice}`)).toEqual([]);
  });

  it('can run every definition that was released', async () => {
    new SagaCatalogue(await definitionsOf(folder), await releasedOf(folder));
  });
});
