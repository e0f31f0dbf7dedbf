import type { Release } from './release.ts';

const release = (
  name: string,
  apps: readonly string[],
  ...edits: readonly (readonly string[])[]
): Release => ({
  name,
  apps,
  edits,
});

/** The changes of docs/sagas.md, each as a release of its own. */
export const inserted = release('inserted', ['orders', 'payments'], ['receiver', 'insert']);
export const removed = release('removed', ['orders'], ['receiver', 'insert'], ['remove']);
export const swapped = release('swapped', ['orders'], ['swap']);
export const renamed = release('renamed', ['orders'], ['rename']);
export const moved = release('moved', ['orders', 'payments'], ['receiver', 'insert', 'move']);

/** The last one that stored the position of a saga's step. */
export const byPosition: Release = { name: 'by-position', commit: 'b6e577d', edits: [], apps: ['orders'] };
