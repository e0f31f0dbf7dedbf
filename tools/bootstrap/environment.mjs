/**
 * What the programs of this checkout do not take from the shell that starts them: settings of PostgreSQL's and Erlang's
 * clients, of Node itself, and proxies, through which no connection to the loopback may go.
 */
const FOREIGN = [
  /^PG[A-Z_]+$/,
  /^NODE_(?!EXTRA_CA_CERTS$)/,
  /^(https?|all|no|ftp|socks)_proxy$/i,
  /^RABBITMQ_(?!URL$)/,
  /^(ERL|ELIXIR|MIX)_/,
  /^(REDISCLI_AUTH|OPENSSL_CONF|SSL_CERT_FILE|SSL_CERT_DIR|DEBUG|CDPATH|BASH_ENV|ENV|LISTEN_FD|INSTANCE_ID)$/,
  /^CARAVAN_/,
];

const without = (env, foreign) =>
  Object.fromEntries(
    Object.entries(env).filter(
      ([name, value]) => value !== undefined && !foreign.some((form) => form.test(name)),
    ),
  );

/** The environment of a program of this checkout. */
export const programEnvironment = (env) => without(env, FOREIGN);

/** Where packages come from and through what; what is installed, and how, is stated on npm's command line. */
const NPM_SETTINGS =
  /^npm_config_(registry|cache|userconfig|globalconfig|proxy|https?[-_]proxy|no[-_]?proxy|ca|cafile|cert|key|strict[-_]ssl|maxsockets|fetch[-_].*|_auth.*|@.*|\/\/.*)$/i;

/** The environment of `npm install`: as the person set it, but nothing that leaves out packages or their scripts. */
export function npmEnvironment(env) {
  const kept = without(env, [/^NODE_(?!EXTRA_CA_CERTS$)/, /^npm_(?!execpath$)/i, /^INIT_CWD$/, /^CARAVAN_/]);
  for (const [name, value] of Object.entries(env)) if (NPM_SETTINGS.test(name)) kept[name] = value;
  return kept;
}
