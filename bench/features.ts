import type { Summary } from './summary.ts';

/** What can be had or not: two parts that differ in nothing else. */
const FEATURES = [
  { feature: 'validation of what is asked and answered', has: 'rpc c=64', hasNot: 'no validation c=64' },
  { feature: 'a message by the outbox', has: 'outbox c=64', hasNot: 'no outbox c=64' },
  { feature: 'batches up to 64 instead of 1', has: 'batched outbox c=64', hasNot: 'outbox c=64' },
  { feature: 'limits counted', has: 'limits c=32', hasNot: 'no limits c=32' },
];

/** Of one request, in milliseconds of CPU, and how many there are a second; each with the feature and without. */
export interface FeatureCost {
  feature: string;
  cpu: { has: number; hasNot: number };
  perSecond: { has: number; hasNot: number };
}

/** Of the features of which both parts were measured. */
export function featureCosts(summaries: readonly Summary[], of: string): FeatureCost[] {
  const find = (name: string): Summary | undefined =>
    summaries.find(({ part, system }) => part === name && system === of);
  return FEATURES.flatMap(({ feature, ...parts }) => {
    const [has, hasNot] = [find(parts.has), find(parts.hasNot)];
    if (!has || !hasNot) return [];
    return {
      feature,
      cpu: { has: has.cpuTotal, hasNot: hasNot.cpuTotal },
      perSecond: { has: has.perSecond, hasNot: hasNot.perSecond },
    };
  });
}
