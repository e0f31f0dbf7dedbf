/** The part of Jest's `--json` report that is read here. */
export interface JestResult {
  success: boolean;
  numPassedTests: number;
  numFailedTests: number;
  /** Files that did not even load; each is told as one failure. */
  numRuntimeErrorTestSuites: number;
}

/** Green: everything passed, and there was something to pass. */
export const isGreen = (result: JestResult | undefined): boolean =>
  result !== undefined && result.success && result.numPassedTests > 0 && failures(result) === 0;

const failures = (result: JestResult): number => result.numFailedTests + result.numRuntimeErrorTestSuites;

/** The line that `npm test` closes with; public contract §1. */
export const closingLine = (result: JestResult | undefined): string =>
  `Tests: ${result?.numPassedTests ?? 0} passed, ${result ? failures(result) : 0} failed`;
