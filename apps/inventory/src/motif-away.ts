import { circle, path, rect, stroke, type Motif } from './brush.ts';

export const planter: Motif = ({ body, dark, light }) =>
  stroke('M200 220q-10-70-62-92M200 220q6-90 4-140M200 220q14-66 66-84', '#6b7f52', 8) +
  path(
    'M138 128q-34 2-40-30q38-6 40 30zM204 80q-28-22 0-50q28 28 0 50zM266 136q0-36 42-34q-6 36-42 34z',
    '#7d9461',
  ) +
  path('M122 220h156l-20 98H142z', body) +
  rect(112, 206, 176, 26, dark, 6) +
  stroke('M146 260h108', light, 5);

export const can: Motif = ({ body, dark, light }) =>
  stroke('M258 260L340 150', body, 20) +
  path('M318 134l44 30-12 14-44-30z', dark) +
  rect(120, 180, 140, 138, body, 12) +
  stroke('M140 180q6-70 70-70q60 0 50 80', dark, 12) +
  stroke('M120 214h140', light, 6);

export const tool: Motif = ({ body, dark, metal }) =>
  `<g transform="rotate(-32 200 200)">${path('M170 200h60q4 96-30 130q-34-34-30-130z', metal)}${rect(192, 160, 16, 46, dark, 3)}${rect(182, 60, 36, 108, body, 16)}</g>`;

export const seeds: Motif = ({ body, dark, light }) =>
  `<g transform="rotate(-8 200 200)">${rect(110, 110, 110, 160, light, 4)}</g><g transform="rotate(7 220 220)">${rect(176, 130, 116, 176, body, 4)}${rect(176, 130, 116, 30, dark, 4)}${circle(234, 220, 32, light)}${stroke('M234 250v-44M234 226q20-4 22-24M234 232q-18-4-20-22', dark, 5)}</g>`;

export const hose: Motif = ({ body, dark, light }) =>
  [104, 82, 60]
    .map(
      (radius, at) =>
        `<circle cx="200" cy="210" r="${radius}" fill="none" stroke="${at % 2 ? dark : body}" stroke-width="17"/>`,
    )
    .join('') +
  stroke('M200 314q80 6 130-20', body, 17) +
  rect(322, 274, 34, 24, light, 4);

export const lantern: Motif = ({ body, dark, light }) =>
  stroke('M160 120q40-70 80 0', dark, 8) +
  path('M140 140l60-40 60 40z', body) +
  rect(148, 140, 104, 150, light, 4) +
  rect(134, 288, 132, 28, body, 6) +
  path('M200 190q22 28 0 46q-22-18 0-46z', '#e9a93c') +
  rect(186, 244, 28, 44, dark, 3) +
  stroke('M148 140v150M252 140v150', body, 9);

export const house: Motif = ({ body, dark, light }) =>
  path('M100 180L200 96l100 84z', dark) +
  rect(132, 180, 136, 120, light, 4) +
  rect(120, 296, 160, 20, body, 6) +
  circle(200, 232, 24, dark) +
  stroke('M200 268v26', body, 7);

export const pack: Motif = ({ body, dark, light }) =>
  stroke('M160 120q0-50 40-50t40 50', dark, 11) +
  rect(120, 110, 160, 208, body, 36) +
  rect(120, 126, 160, 26, dark, 4) +
  rect(144, 210, 112, 84, light, 14) +
  stroke('M144 236h112', dark, 6) +
  rect(188, 118, 24, 44, dark, 4);

export const tent: Motif = ({ body, dark, light }) =>
  path('M60 312L200 110l140 202z', body) +
  path('M200 110l50 202H150z', light) +
  path('M200 170l34 142h-68z', dark) +
  stroke('M60 312l-24 10M340 312l24 10M200 110V86', dark, 6);

export const roll: Motif = ({ body, dark, light }) =>
  rect(96, 180, 200, 120, body, 60) +
  circle(292, 240, 60, dark) +
  circle(292, 240, 38, light) +
  circle(292, 240, 16, dark) +
  rect(136, 180, 18, 120, dark, 3) +
  rect(206, 180, 18, 120, dark, 3);

export const flame: Motif = ({ body, dark, metal }) =>
  stroke('M200 240l-80 76M200 240l80 76M200 240v76', metal, 12) +
  rect(146, 216, 108, 30, dark, 12) +
  path('M200 90q70 66 30 120h-60q-40-54 30-120z', '#e0883c') +
  path('M200 146q34 36 12 64h-24q-22-28 12-64z', '#f6d36b') +
  circle(200, 231, 8, body);

export const torch: Motif = ({ body, dark, light }) =>
  stroke('M104 250V180a96 96 0 0 1 192 0v70', body, 30) +
  stroke('M104 250q96 60 192 0', body, 30) +
  rect(146, 220, 108, 84, dark, 20) +
  circle(200, 262, 30, light) +
  circle(200, 262, 15, '#fff3c4');

export const hammock: Motif = ({ body, dark, light }) =>
  stroke('M50 90v230M350 90v230', '#6f4e37', 16) +
  path('M60 150q140 190 280 0q-30 160-140 160T60 150z', body) +
  stroke('M90 196q110 130 220 0', light, 6) +
  stroke('M58 140l20 30M342 140l-20 30', dark, 5);

export const kit: Motif = ({ body, dark, light }) =>
  rect(96, 140, 208, 176, body, 22) +
  stroke('M164 140v-22q0-14 14-14h44q14 0 14 14v22', dark, 11) +
  rect(182, 176, 36, 104, light, 5) +
  rect(148, 210, 104, 36, light, 5);

export const headphones: Motif = ({ body, dark, light }) =>
  stroke('M108 230q-6-140 92-140t92 140', dark, 18) +
  rect(84, 210, 54, 104, body, 24) +
  rect(262, 210, 54, 104, body, 24) +
  rect(124, 222, 18, 80, light, 8) +
  rect(258, 222, 18, 80, light, 8);

export const buds: Motif = ({ body, dark, light }) =>
  rect(104, 190, 192, 126, body, 56) +
  stroke('M106 238h188', dark, 5) +
  circle(200, 264, 6, light) +
  circle(160, 140, 26, light) +
  rect(154, 140, 15, 56, light, 7) +
  circle(240, 140, 26, light) +
  rect(231, 140, 15, 56, light, 7);

export const speaker: Motif = ({ body, dark, light }) =>
  rect(124, 90, 152, 228, body, 18) +
  circle(200, 240, 54, dark) +
  circle(200, 240, 26, light) +
  circle(200, 142, 27, dark) +
  circle(200, 142, 11, light);

export const radio: Motif = ({ body, dark, light }) =>
  stroke('M250 150L310 74', dark, 6) +
  rect(80, 150, 240, 166, body, 20) +
  circle(146, 234, 52, dark) +
  circle(146, 234, 34, light) +
  rect(220, 180, 76, 44, light, 6) +
  circle(236, 268, 16, dark) +
  circle(284, 268, 16, dark);

export const turntable: Motif = ({ body, dark, light, metal }) =>
  rect(74, 130, 252, 186, body, 14) +
  circle(180, 223, 78, '#26282b') +
  circle(180, 223, 26, light) +
  circle(180, 223, 5, dark) +
  stroke('M292 158v70l-44 34', metal, 9) +
  circle(292, 158, 15, dark);

export const charger: Motif = ({ body, dark, light, metal }) =>
  rect(130, 120, 140, 160, body, 26) +
  rect(168, 280, 14, 38, metal, 3) +
  rect(218, 280, 14, 38, metal, 3) +
  rect(172, 160, 56, 16, dark, 8) +
  path('M206 192l-26 40h18l-6 34 28-44h-18z', light);

export const cable: Motif = ({ body, dark, metal }) =>
  stroke('M110 300V200q0-70 60-70t60 70v40q0 50 40 50t40-50v-60', body, 15) +
  rect(94, 286, 32, 30, dark, 5) +
  rect(102, 312, 16, 16, metal, 3) +
  rect(294, 146, 32, 40, dark, 5) +
  rect(302, 122, 16, 26, metal, 3);

export const pad: Motif = ({ body, dark, light }) =>
  `<ellipse cx="200" cy="270" rx="120" ry="48" fill="${dark}"/><ellipse cx="200" cy="258" rx="120" ry="48" fill="${body}"/><ellipse cx="200" cy="258" rx="64" ry="24" fill="${light}"/>` +
  stroke('M170 160q30-26 60 0M150 136q50-44 100 0', dark, 8);

export const blocks: Motif = ({ body, dark, light }) =>
  rect(96, 226, 92, 92, body, 8) +
  rect(208, 226, 92, 92, dark, 8) +
  rect(150, 128, 96, 92, light, 8) +
  path('M198 50l52 72H146z', body) +
  circle(142, 272, 22, light);

export const train: Motif = ({ body, dark, light }) =>
  rect(80, 196, 150, 92, body, 14) +
  rect(222, 130, 96, 158, dark, 10) +
  rect(242, 152, 56, 50, light, 6) +
  rect(108, 140, 34, 62, dark, 6) +
  [124, 194, 270].map((x) => circle(x, 296, 28, '#33363a') + circle(x, 296, 10, light)).join('');

export const bear: Motif = ({ body, dark, light }) =>
  circle(136, 118, 34, body) +
  circle(264, 118, 34, body) +
  circle(200, 240, 86, body) +
  circle(200, 160, 80, body) +
  circle(200, 184, 34, light) +
  circle(172, 146, 8, dark) +
  circle(228, 146, 8, dark) +
  circle(200, 174, 10, dark) +
  circle(200, 258, 44, light);

export const puzzle: Motif = ({ body, dark, light }) =>
  path('M96 110h84q-12 44 24 44t24-44h76v84q44-12 44 24t-44 24v76H96z', body) +
  circle(150, 240, 20, light) +
  stroke('M96 214h60M204 318v-60', dark, 5);

export const game: Motif = ({ body, dark, light }) =>
  `<g transform="rotate(-6 200 200)">${rect(84, 110, 232, 200, body, 10)}${[0, 1, 2, 3].map((at) => rect(104 + at * 50, 130 + (at % 2) * 84, 42, 76, at % 2 ? dark : light, 5)).join('')}</g>` +
  rect(236, 224, 70, 70, '#fdfbf5', 12) +
  circle(256, 244, 7, dark) +
  circle(271, 259, 7, dark) +
  circle(286, 274, 7, dark);

export const kite: Motif = ({ body, dark, light }) =>
  path('M220 60l100 110-150 100-50-120z', body) +
  path('M220 60l-50 210-50-120z', light) +
  stroke('M170 270q-50 20-30 50t-40 50', dark, 6) +
  path('M140 312l-24 4 16 18zM118 352l26-6-12-18z', dark);

export const chess: Motif = ({ body, dark, light }) =>
  rect(193, 66, 14, 50, dark, 4) +
  rect(178, 80, 44, 13, dark, 4) +
  path('M152 124h96l-26 60 16 92h-76l16-92z', body) +
  rect(158, 178, 84, 16, light, 8) +
  rect(134, 276, 132, 42, dark, 12);

export const paint: Motif = ({ dark, light }) =>
  rect(80, 170, 240, 148, dark, 14) +
  rect(92, 182, 216, 124, light, 8) +
  ['#c4704f', '#d3a53a', '#6b7f52', '#8fb8d6', '#43597d', '#8c2f4b', '#6f4e37', '#2c3447']
    .map((hue, at) => rect(106 + (at % 4) * 50, 196 + Math.floor(at / 4) * 52, 40, 42, hue, 6))
    .join('') +
  stroke('M120 140L290 88', dark, 10) +
  path('M120 132l-38 20 42-2z', '#a5532f');

export const yoyo: Motif = ({ body, dark, light }) =>
  stroke('M200 40v110', dark, 5) +
  circle(200, 226, 92, body) +
  circle(200, 226, 62, light) +
  circle(200, 226, 24, dark);

export const glove: Motif = ({ body, dark, light }) =>
  path(
    'M140 300V190l-24-62q-4-22 14-24t22 18l16 44-2-86q2-20 18-20t18 20l4 82 12-78q4-18 20-16t16 22l-8 84 20-28q12-14 26-4t4 26l-52 100v32z',
    body,
  ) +
  rect(132, 286, 116, 34, dark, 8) +
  stroke('M156 250q30 16 66 0', light, 6);

export const secateurs: Motif = ({ body, dark, metal }) =>
  path('M196 190Q150 130 190 60q30 50 22 124z', metal) +
  path('M206 190q54-40 40-106q-44 34-54 96z', metal) +
  stroke('M196 200q-60 50-42 112', body, 24) +
  stroke('M206 200q60 50 42 112', body, 24) +
  circle(201, 194, 15, dark);
