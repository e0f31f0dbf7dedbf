/**
 * The environment of one of several services in a process: what is meant for it alone is written with its name before it, as in
 * `ORDERS__DATABASE_URL` or `BFF_WEB__PORT`, and wins over what is meant for all.
 */
export function environmentOf(
  service: string,
  all: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const prefix = `${service.toUpperCase().replaceAll('-', '_')}__`;
  const environment = { ...all };
  for (const [name, value] of Object.entries(all))
    if (name.startsWith(prefix)) environment[name.slice(prefix.length)] = value;
  return environment;
}
