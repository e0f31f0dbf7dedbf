import type { FastifyReply } from 'fastify';

/** Adds request headers to Vary, each once. `names`: as in the header, with commas between them. */
export function addVary(reply: FastifyReply, names: string): void {
  const present = reply.getHeader('vary') as string | undefined;
  if (present === undefined) return void reply.header('vary', names);
  const all = present.split(', ');
  const known = new Set(all.map((name) => name.toLowerCase()));
  for (const name of names.split(',').map((each) => each.trim()))
    if (name !== '' && !known.has(name.toLowerCase())) all.push(name);
  void reply.header('vary', all.join(', '));
}
