import type { ReleasedDefinition } from '../src/definition.data.ts';
import { type AnyDefinition, SagaCatalogue } from '../src/saga.catalogue.ts';
import { SagaDefinition } from '../src/saga.definition.ts';

/** Those definitions that still run, but for the present ones. */
export function earlierOf(
  present: readonly AnyDefinition[],
  deploys: readonly (ReleasedDefinition | AnyDefinition)[],
): ReleasedDefinition[] {
  return deploys
    .map((one, i): ReleasedDefinition =>
      one instanceof SagaDefinition
        ? { name: `${one.type}.earlier-${i + 1}`, fingerprint: one.fingerprint, ...one.data }
        : one,
    )
    .filter(
      ({ removed, fingerprint }) => !removed && !present.some((now) => now.fingerprint === fingerprint),
    );
}

/** One catalogue a release, the present one first. An earlier one knows neither the present definitions nor rules of moving. */
export function releases(
  present: readonly AnyDefinition[],
  earlier: readonly ReleasedDefinition[],
): SagaCatalogue[] {
  const now = new SagaCatalogue(present, earlier);
  const before = earlier.map(({ fingerprint }) => {
    const { type, steps, hooks } = now.find(fingerprint)!;
    const others = present.filter((definition) => definition.type !== type);
    return new SagaCatalogue([new SagaDefinition(type, steps, hooks), ...others]);
  });
  return [now, ...before];
}
