/** A change of one file: each hunk's old lines are replaced by its new ones. */
export interface Edit {
  /** Below the checkout. */
  readonly file: string;
  readonly hunks: readonly { readonly before: string; readonly after: string }[];
}

/**
 * The edits of a Markdown page that belong to `label`: its blocks fenced by ` ```diff label`. A hunk begins with a line `@@`; line
 * numbers are not needed, because a hunk is found by its lines.
 * @throws when the page has no such block
 */
export function editsIn(page: string, label: string): Edit[] {
  const blocks = [...page.matchAll(/^```diff (\S+)\n([\s\S]*?)^```$/gm)].filter(([, name]) => name === label);
  if (blocks.length === 0) throw new Error(`the page has no block "diff ${label}"`);
  return blocks.flatMap(([, , body = '']) => filesOf(body));
}

function filesOf(body: string): Edit[] {
  const files = body.split(/^--- a\/(\S+)\n\+\+\+ b\/\S+\n/m).slice(1);
  return files.flatMap((file, n) => (n % 2 === 0 ? [{ file, hunks: hunksOf(files[n + 1] ?? '') }] : []));
}

function hunksOf(body: string): Edit['hunks'] {
  return body
    .split(/^@@.*\n/m)
    .slice(1)
    .map((hunk) => {
      const lines = hunk.split('\n').slice(0, -1);
      const side = (mark: '-' | '+'): string =>
        lines
          .filter((line) => !line.startsWith(mark === '-' ? '+' : '-'))
          .map((line) => `${line.slice(1)}\n`)
          .join('');
      return { before: side('-'), after: side('+') };
    });
}

/** The file after the edit. @throws when a hunk's old lines do not stand there exactly once */
export function edited(source: string, { file, hunks }: Edit): string {
  return hunks.reduce((text, { before, after }) => {
    const places = text.split(before).length - 1;
    if (places !== 1) throw new Error(`${file} has these lines ${places} times instead of once:\n${before}`);
    // As a function: `$` in the new lines has no meaning.
    return text.replace(before, () => after);
  }, source);
}
