import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { edited, editsIn } from './edits.ts';

const PAGE = `
Some words.

\`\`\`diff first
--- a/one.ts
+++ b/one.ts
@@
 keep
-old
+new $1
@@
 end
+more
--- a/two.ts
+++ b/two.ts
@@
+top
 
 a
\`\`\`

\`\`\`diff second
--- a/one.ts
+++ b/one.ts
@@
-keep
\`\`\`
`;

describe('the edits of a page', () => {
  it('are those of one label, file by file', () => {
    expect(editsIn(PAGE, 'first').map(({ file, hunks }) => [file, hunks.length])).toEqual([
      ['one.ts', 2],
      ['two.ts', 1],
    ]);
    expect(() => editsIn(PAGE, 'third')).toThrow('no block "diff third"');
  });

  it('replace the lines that they name', () => {
    const [one, two] = editsIn(PAGE, 'first');
    expect(edited('keep\nold\n\nend\n', one!)).toBe('keep\nnew $1\n\nend\nmore\n');
    expect(edited('\na\n', two!)).toBe('top\n\na\n');
  });

  it.each(['keep\n', 'keep\nold\nend\nkeep\nold\n'])(
    'are refused where the lines do not stand once: %j',
    (source) => {
      expect(() => edited(source, editsIn(PAGE, 'first')[0]!)).toThrow('instead of once');
    },
  );
});

describe('the edits of docs/sagas.md', () => {
  const page = readFileSync('docs/sagas.md', 'utf8');

  it.each(['receiver', 'insert', 'swap', 'rename'])('fit the code as it is: %s', (label) => {
    for (const edit of editsIn(page, label)) edited(readFileSync(edit.file, 'utf8'), edit);
  });
});
