import { z } from 'zod';

/** Why a text is not an exact web origin (RFC 6454) as browsers send it, or undefined when it is one. */
function faultOf(text: string): string | undefined {
  if (text === '') return 'holds an empty entry; write origins with single commas between them';
  if (text.includes('*')) return `"${text}" is a wildcard; write every origin out`;
  const url = URL.canParse(text) && !/\s/.test(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    return `"${text}" is not an origin; write it as https://shop.example`;
  return url.origin === text ? undefined : `"${text}" is more than an origin; write ${url.origin}`;
}

/** Exact origins with commas between them, for an environment variable. Absent: none. */
export const origins = z
  .string()
  .transform((list) => list.split(',').map((entry) => entry.trim()))
  .superRefine((entries, context) => {
    for (const entry of entries) {
      const message = faultOf(entry);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    }
  })
  .default([]);

const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d{1,5})?$/;

/** A page that a developer serves on this machine, on any port. */
export const isLoopback = (origin: string): boolean => LOOPBACK.test(origin);
