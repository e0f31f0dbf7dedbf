/**
 * `T` with every field named, the optional ones as well. A mapping that is typed with it does not compile once the
 * contract has a field that the mapping leaves out: `({ … }) satisfies Whole<Order>`.
 */
export type Whole<T> = { [K in keyof Required<T>]: T[K] };

/**
 * Says that a mapping has taken every field of its source: `const { id, lines, ...rest } = order; allTaken(rest)`.
 * A field that is added to the source later does not compile until the mapping takes it. Does nothing at run time.
 */
export function allTaken(_rest: Record<string, never>): void {}
