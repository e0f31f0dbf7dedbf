import { readFileSync } from 'node:fs';

interface Profile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number };
    children?: number[];
  }[];
  samples: number[];
  timeDeltas: number[];
}

export interface Hot {
  /** `function file:line` */
  where: string;
  selfMs: number;
  /** Of the time in which the process did anything. */
  share: number;
}

/**
 * Where the time of a V8 CPU profile went, by function, most first. Idle time is left out, and so are the first
 * `skipMs` milliseconds: the start and the warm-up.
 */
export function hottest({ nodes, samples, timeDeltas }: Profile, most: number, skipMs = 0): Hot[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const self = new Map<string, number>();
  let busy = 0;
  let passed = 0;
  samples.forEach((id, i) => {
    const where = names.get(id) ?? '?';
    const ms = (timeDeltas[i] ?? 0) / 1000;
    passed += ms;
    if (where === '(idle)' || passed < skipMs) return;
    busy += ms;
    self.set(where, (self.get(where) ?? 0) + ms);
  });
  return [...self]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, most)
    .map(([where, selfMs]) => ({ where, selfMs, share: selfMs / busy }));
}

function nameOf({ functionName, url, lineNumber }: Profile['nodes'][number]['callFrame']): string {
  const file = url.replace(/^.*\/(node_modules\/|dist\/)/, '').replace(/^file:.*\//, '');
  return `${functionName || '(anonymous)'}${file ? ` ${file}:${lineNumber + 1}` : ''}`;
}

export const readProfile = (file: string): Profile => JSON.parse(readFileSync(file, 'utf8')) as Profile;
