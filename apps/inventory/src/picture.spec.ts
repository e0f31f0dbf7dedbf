import { describe, expect, it } from '@jest/globals';
import { catalogue } from './catalogue.ts';
import { drawPicture } from './picture.ts';

const mug = { sku: 'KIT-MUG-OAT', name: 'Stoneware Mug, Oat', category: 'Kitchen' };

describe('picture', () => {
  it('is the same each time, and another in another colour', () => {
    expect(drawPicture(mug)).toBe(drawPicture(mug));
    expect(drawPicture({ ...mug, name: 'Stoneware Mug, Ink' })).not.toBe(drawPicture(mug));
  });

  it('is drawn for every product of the catalogue, small and without gaps', () => {
    for (const product of catalogue()) {
      const svg = drawPicture(product);
      expect(svg.length).toBeLessThan(4_000);
      expect(svg).not.toMatch(/undefined|NaN/);
    }
  });

  it('is drawn by category for an article that has no drawing', () => {
    expect(drawPicture({ sku: 'X-1', name: 'A thing', category: 'Garden' })).toContain('<path');
    expect(drawPicture({ sku: 'X', name: 'A thing', category: 'Elsewhere' })).toContain('<path');
  });

  it('cannot be broken by a name', () => {
    const svg = drawPicture({ ...mug, name: '</title><script>alert("1")</script>' });
    expect(svg).toContain('<title>&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;</title>');
    expect(svg).not.toContain('<script>');
  });
});
