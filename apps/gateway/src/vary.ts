/** The value of Vary with more request headers in it, each once. `names`: as in the header, with commas between them. */
export function varyBy(present: string | undefined, names: string): string {
  if (present === undefined) return names;
  const all = present.split(', ');
  const known = new Set(all.map((name) => name.toLowerCase()));
  for (const name of names.split(',').map((each) => each.trim()))
    if (name !== '' && !known.has(name.toLowerCase())) all.push(name);
  return all.join(', ');
}
