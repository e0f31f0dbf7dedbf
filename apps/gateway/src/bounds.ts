/** Bytes. */
export const BODY_LIMIT = 256 * 1024;
export const MAX_HEAD = 16 * 1024;
export const MAX_URL = 8 * 1024;
export const MAX_HEADERS = 100;
