import { createHash } from 'node:crypto';
import type { Ink } from './brush.ts';
import { finishes } from './finish.ts';
import { motifOf } from './motif.ts';

const BACKDROPS = ['#f3ece1', '#e9eef0', '#edf0e6', '#f4e8e2', '#ebe8f1', '#f2eedb', '#e4eeea', '#f1e6ea'];
const COLOURS = ['#c4704f', '#6b7f52', '#55616f', '#d3a53a', '#8fb8d6', '#8c2f4b', '#a6b79a', '#6f4e37'];

/** What of a product can be seen. */
export interface Subject {
  sku: string;
  name: string;
  category: string;
}

/** Draws a product as SVG, 400 × 400: its kind of thing in its own colour. The same product always looks the same. */
export function drawPicture(subject: Subject): string {
  const [backdrop = 0, colour = 0, tilt = 0] = createHash('sha256').update(subject.sku).digest();
  const ink = inkOf(subject, COLOURS[colour % COLOURS.length] ?? '#55616f');
  const ground = BACKDROPS[backdrop % BACKDROPS.length];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400" role="img">`,
    `<title>${escape(subject.name)}</title>`,
    `<rect width="400" height="400" fill="${ground}"/>`,
    `<circle cx="${150 + (tilt % 100)}" cy="175" r="140" fill="#fff" opacity=".45"/>`,
    `<ellipse cx="200" cy="322" rx="120" ry="13" fill="#000" opacity=".1"/>`,
    `<g stroke="${ink.dark}" stroke-width="3" stroke-linejoin="round" stroke-linecap="round">${motifOf(subject.sku, subject.category)(ink)}</g>`,
    `</svg>`,
  ].join('');
}

function inkOf({ name }: Subject, otherwise: string): Ink {
  const finish = finishes[name.slice(name.lastIndexOf(',') + 1).trim()];
  const body = finish?.colour ?? otherwise;
  return { body, dark: mix(body, '#1d1a17', 0.35), light: mix(body, '#ffffff', 0.45), metal: '#9aa1a8' };
}

/** As much of `b` in `a` as `share` says, 0 to 1. */
function mix(a: string, b: string, share: number): string {
  const channel = (hex: string, at: number) => Number.parseInt(hex.slice(at, at + 2), 16);
  const mixed = [1, 3, 5].map((at) => Math.round(channel(a, at) * (1 - share) + channel(b, at) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '');
