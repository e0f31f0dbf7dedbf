import { createHash } from 'node:crypto';

/** A step as data: what stays of it when the code has changed. */
export type StepData =
  | { readonly name: string; readonly kind: 'local' }
  | {
      readonly name: string;
      readonly kind: 'ask';
      /** Wire names of the commands. */
      readonly command: string;
      readonly undo?: string;
      readonly untilDone: boolean;
      /** Milliseconds. Not part of the fingerprint: a changed deadline changes no meaning of a stored row. */
      readonly withinMs: number;
    };

/** A definition as data. */
export interface DefinitionData {
  readonly type: string;
  readonly steps: readonly StepData[];
}

/** A definition that was released. `npm run generate` writes these; they stay until no open saga runs under them. */
export interface ReleasedDefinition extends DefinitionData {
  /** `<type>.v<n>` */
  readonly name: string;
  readonly fingerprint: string;
  /** Rows without a fingerprint run under it: the releases that stored a step's position knew only this one. */
  readonly storedByPosition?: true;
  /** It is no longer run. The service does not start while open sagas run under it. */
  readonly removed?: true;
}

/** What tells two definitions of a type apart, as 12 hex digits: the names, kinds, commands and undos in their order. */
export function fingerprintOf({ type, steps }: DefinitionData): string {
  const parts = steps.map((step) =>
    step.kind === 'local'
      ? [step.name, 'local']
      : [step.name, step.untilDone ? 'until done' : 'ask', step.command, step.undo ?? null],
  );
  return createHash('sha256')
    .update(JSON.stringify([type, ...parts]))
    .digest('hex')
    .slice(0, 12);
}
