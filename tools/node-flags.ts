/**
 * How Node runs a service. V8's own choices are made for one large program; these are many small ones on few cores, asked
 * some hundred times a second. What each flag brings was measured: docs/adr/0018-flags-for-small-processes.md.
 */
export const NODE_FLAGS: readonly string[] = [
  '--enable-source-maps',
  // Optimised after 500 calls instead of 3,000: at a few hundred requests a second that is seconds instead of minutes.
  '--invocation-count-for-turbofan=500',
  '--minimum-invocations-after-ic-update=100',
  // MB of each half of the young generation; 32 by default.
  '--max-semi-space-size=16',
  // Marking begins when 80 % of what the old generation may grow by is used. By itself V8 begins when less is left than the young
  // generation is large: in a heap of 30 MB after every few that it grew by.
  '--incremental-marking-soft-trigger=80',
  '--incremental-marking-hard-trigger=90',
  // Threads that collect garbage and compile, of each process; 4 by default.
  '--v8-pool-size=2',
];
