import { circle, path, rect, stroke, type Motif } from './brush.ts';

export const mug: Motif = ({ body, dark, light }) =>
  stroke('M255 185h28a32 32 0 0 1 0 78h-30', dark, 18) +
  path('M130 150h130v130a36 36 0 0 1-36 36h-58a36 36 0 0 1-36-36z', body) +
  rect(130, 150, 130, 14, light, 7) +
  stroke('M172 120q-12-16 0-32M216 120q-12-16 0-32', light, 8);

export const bowl: Motif = ({ body, dark, light }) =>
  path('M90 200h220a110 110 0 0 1-220 0z', body) +
  rect(160, 300, 80, 18, dark) +
  rect(86, 190, 228, 18, light, 9);

export const plates: Motif = ({ body, dark, light }) =>
  [300, 282, 264, 246].map((y) => rect(90, y, 220, 16, y % 4 ? dark : body, 8)).join('') +
  `<ellipse cx="200" cy="242" rx="112" ry="26" fill="${body}"/><ellipse cx="200" cy="240" rx="76" ry="15" fill="${light}"/>`;

export const knife: Motif = ({ body, dark, metal }) =>
  path('M70 210L250 150v70H120q-40 0-50-10z', metal) +
  rect(250, 152, 90, 40, body, 12) +
  circle(275, 172, 5, dark) +
  circle(312, 172, 5, dark);

export const board: Motif = ({ body, dark, light }) =>
  rect(110, 130, 180, 190, body, 18) +
  stroke('M130 170h140M130 215h140M130 260h140', light, 5) +
  rect(180, 82, 40, 60, body, 16) +
  circle(200, 104, 9, dark);

export const pan: Motif = ({ dark, metal }) =>
  circle(175, 215, 98, '#33363a') +
  circle(175, 215, 76, '#46494e') +
  rect(262, 200, 100, 30, dark, 15) +
  circle(344, 215, 6, metal);

export const pot: Motif = ({ body, dark, light, metal }) =>
  rect(82, 214, 236, 26, dark, 13) +
  path('M106 190h188v96a32 32 0 0 1-32 32H138a32 32 0 0 1-32-32z', body) +
  path('M100 190q100-70 200 0z', light) +
  circle(200, 146, 15, metal);

export const cloth: Motif = ({ body, dark, light }) =>
  rect(110, 110, 180, 200, body, 10) +
  stroke('M110 160h180M110 180h180M110 260h180', light, 7) +
  stroke('M120 312v12M150 312v12M180 312v12M210 312v12M240 312v12M270 312v12', dark, 5);

export const jar: Motif = ({ body, dark, light }) =>
  rect(130, 130, 140, 188, light, 26) +
  path('M130 210h140v82a26 26 0 0 1-26 26h-88a26 26 0 0 1-26-26z', body) +
  rect(122, 104, 156, 34, dark, 10);

export const cone: Motif = ({ body, dark, light }) =>
  path('M110 120h180l-62 120h-56z', body) +
  stroke('M150 130l36 96M200 130v96M250 130l-36 96', light, 6) +
  rect(140, 240, 120, 16, dark, 8) +
  path('M150 262h100l14 56H136z', light);

export const kettle: Motif = ({ body, dark, light }) =>
  stroke('M132 280q-56-30-52-100q2-30 -22-36', dark, 14) +
  path('M130 190h140l22 128H108z', body) +
  rect(150, 172, 100, 20, light, 8) +
  stroke('M272 200q66 0 60 56q-4 34-46 36', dark, 16) +
  circle(200, 162, 11, dark);

export const bag: Motif = ({ body, dark, light }) =>
  path('M126 110h148l14 208H112z', body) +
  rect(122, 92, 156, 26, dark, 4) +
  rect(148, 176, 104, 84, light, 6) +
  stroke('M166 202h68M166 222h68M166 240h40', dark, 5);

export const lamp: Motif = ({ body, dark, light, metal }) =>
  path('M150 90h100l44 110H106z', light) +
  rect(193, 200, 14, 96, metal, 4) +
  path('M140 318q0-30 60-30t60 30z', body) +
  circle(200, 206, 12, dark);

export const pendant: Motif = ({ body, dark, light }) =>
  stroke('M200 20v120', dark, 5) +
  path('M110 250q0-110 90-110t90 110z', body) +
  `<ellipse cx="200" cy="250" rx="90" ry="16" fill="${light}"/>` +
  circle(200, 258, 18, '#ffe9ad');

export const vase: Motif = ({ body, dark, light }) =>
  stroke('M196 130q-20-40-50-50M204 130q14-50 46-62M200 130V60', '#6b7f52', 6) +
  circle(146, 78, 14, light) +
  circle(252, 66, 16, dark) +
  circle(200, 54, 13, light) +
  path('M178 126h44l6 50q54 40 34 110q-8 32-34 32h-56q-26 0-34-32q-20-70 34-110z', body);

export const cushion: Motif = ({ body, dark, light }) =>
  path('M100 120q100 24 200 0q-24 100 0 200q-100-24-200 0q24-100 0-200z', body) +
  stroke('M140 170q60 12 120 0M140 270q60-12 120 0', light, 6) +
  circle(200, 220, 9, dark);

export const candle: Motif = ({ body, dark, light }) =>
  rect(140, 170, 120, 148, body, 16) +
  rect(162, 220, 76, 50, light, 4) +
  stroke('M200 170v-24', dark, 6) +
  path('M200 94q28 34 0 56q-28-22 0-56z', '#e9a93c');

export const clock: Motif = ({ body, dark, light }) =>
  circle(200, 200, 112, body) +
  circle(200, 200, 92, light) +
  stroke('M200 200V136M200 200l44 28', dark, 9) +
  circle(200, 200, 9, dark);

export const book: Motif = ({ body, dark, light }) =>
  rect(118, 90, 170, 228, dark, 10) +
  rect(128, 84, 164, 226, body, 10) +
  rect(128, 84, 22, 226, dark, 6) +
  rect(178, 130, 84, 46, light, 4) +
  stroke('M238 84v250', light, 5);

export const pen: Motif = ({ body, dark, metal }) =>
  `<g transform="rotate(38 200 200)">${rect(184, 70, 32, 150, body, 14)}${rect(184, 180, 32, 14, metal, 2)}${path('M186 222h28l-14 70z', metal)}${rect(214, 84, 7, 80, dark, 3)}</g>`;

export const bottle: Motif = ({ body, dark, light }) =>
  rect(178, 84, 44, 44, dark, 8) +
  path('M172 128h56q30 22 30 60v104a26 26 0 0 1-26 26h-64a26 26 0 0 1-26-26V188q0-38 30-60z', body) +
  rect(142, 210, 116, 56, light, 2);

export const card: Motif = ({ body, dark, light }) =>
  rect(96, 150, 208, 150, body, 6) +
  stroke('M98 154l102 84 102-84', dark, 6) +
  rect(130, 96, 140, 90, light, 4) +
  stroke('M156 126h88M156 148h56', dark, 5);

export const press: Motif = ({ body, dark, light, metal }) =>
  stroke('M262 180h30q22 0 22 24v44q0 24-22 24h-30', dark, 14) +
  rect(138, 140, 124, 178, light, 10) +
  rect(138, 226, 124, 92, body, 10) +
  rect(128, 126, 144, 24, dark, 8) +
  rect(195, 70, 10, 60, metal, 3) +
  circle(200, 66, 16, dark);

export const grinder: Motif = ({ body, dark, light, metal }) =>
  stroke('M200 110V76h96v-8', metal, 11) +
  circle(296, 62, 18, dark) +
  path('M150 118h100l-10 30h-80z', dark) +
  rect(152, 148, 96, 104, body, 8) +
  rect(158, 252, 84, 66, light, 12) +
  rect(152, 240, 96, 16, dark, 4);

export const laptop: Motif = ({ body, dark, light }) =>
  rect(110, 90, 180, 122, '#33363a', 10) +
  rect(120, 100, 160, 102, light, 4) +
  path('M84 212h232l12 18H72z', '#4b4f54') +
  path('M130 230h24l-14 70h130l-14-70h24l20 88H110z', body) +
  stroke('M120 316h160', dark, 6);

export const tray: Motif = ({ body, dark, light }) =>
  rect(70, 190, 260, 128, body, 22) +
  rect(86, 206, 70, 96, dark, 12) +
  rect(168, 206, 146, 40, dark, 12) +
  rect(168, 258, 146, 44, light, 12) +
  stroke('M182 226h110', '#fdfbf5', 7) +
  circle(121, 254, 20, '#d3a53a');
