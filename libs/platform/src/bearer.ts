const SCHEME = 'bearer ';
/** RFC 6750 §2.1: `b64token`. */
const TOKEN = /^[\w.~+/-]+=*$/;

/**
 * The token of an Authorization header: the word Bearer in any case, exactly one space, and the token. The gateway and the
 * BFFs read it with this, so that none believes what another does not see.
 * @returns undefined when the header holds anything else
 */
export function bearerToken(authorization: string): string | undefined {
  if (authorization.slice(0, SCHEME.length).toLowerCase() !== SCHEME) return undefined;
  const token = authorization.slice(SCHEME.length);
  return TOKEN.test(token) ? token : undefined;
}
