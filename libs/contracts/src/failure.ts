import { z } from 'zod';

export const failureSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.unknown().optional(),
});

/** A failure as it crosses the wire. */
export type FailureData = z.infer<typeof failureSchema>;

/**
 * What went wrong, under a name that callers may act on (`<service>.<noun or adjective>`).
 * The message is meant for people and may be shown to them; nothing of the inside belongs into it.
 */
export class Failure extends Error {
  readonly code: string;
  readonly details?: unknown;

  // Written out, because the commands in tools/ read this file with its types only stripped.
  constructor(code: string, message: string, details?: unknown, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
    this.code = code;
    this.details = details;
  }

  /** The wire form. */
  toData(): FailureData {
    return {
      code: this.code,
      message: this.message,
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }

  static from(data: FailureData): Failure {
    return new Failure(data.code, data.message, data.details);
  }
}

/** Codes that any call may fail with, whatever the service. */
export const Code = {
  unavailable: 'caravan.unavailable',
  deadlineExceeded: 'caravan.deadline-exceeded',
  invalid: 'caravan.invalid',
  internal: 'caravan.internal',
  forbidden: 'caravan.forbidden',
} as const;

/** The other side cannot be reached or is too busy; nothing has happened, trying later is right. */
export const unavailable = (what: string, cause?: unknown): Failure =>
  new Failure(Code.unavailable, `${what} is not available at the moment. Try again in a moment.`, undefined, {
    cause,
  });

/** No answer in time; whether it happened is not known. */
export const deadlineExceeded = (what: string): Failure =>
  new Failure(
    Code.deadlineExceeded,
    `${what} did not answer in time. Whether it was done is not known; repeat with the same key.`,
  );

/** The data does not have the shape that its contract asks for. */
export const invalid = (message: string, issues?: { path: string; message: string }[]): Failure =>
  new Failure(Code.invalid, message, issues && { issues });
