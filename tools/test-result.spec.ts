import { describe, expect, it } from '@jest/globals';
import { closingLine, isGreen } from './test-result.ts';

const green = { success: true, numPassedTests: 12, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };

describe('the closing line of npm test', () => {
  it('is plain', () => {
    expect(closingLine(green)).toBe('Tests: 12 passed, 0 failed');
    expect(closingLine({ ...green, numFailedTests: 1, numRuntimeErrorTestSuites: 2 })).toBe(
      'Tests: 12 passed, 3 failed',
    );
    expect(closingLine(undefined)).toBe('Tests: 0 passed, 0 failed');
  });

  it('is green only when all passed and there was something to pass', () => {
    expect(isGreen(green)).toBe(true);
    expect(isGreen({ ...green, numPassedTests: 0 })).toBe(false);
    expect(isGreen({ ...green, numRuntimeErrorTestSuites: 1 })).toBe(false);
    expect(isGreen({ ...green, success: false })).toBe(false);
    expect(isGreen(undefined)).toBe(false);
  });
});
