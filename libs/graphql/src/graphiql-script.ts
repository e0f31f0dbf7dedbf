/** The page's script, as the browser gets it. Whatever comes from the network enters the page as text only. */
export const GRAPHIQL_SCRIPT = String.raw`
'use strict';
const el = (id) => document.getElementById(id);
const examples = JSON.parse(el('data').textContent);
let token = sessionStorage.getItem('token') || '';
let lastOrder = sessionStorage.getItem('order') || '';

function say(text) { el('status').textContent = text; }

function showSession() {
  for (const id of ['email', 'password', 'login']) el(id).hidden = !!token;
  el('logout').hidden = !token;
}

function headers() {
  const own = el('headers').value.trim();
  return {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(token && { authorization: 'Bearer ' + token }),
    ...(own && JSON.parse(own)),
  };
}

async function ask(query, variables) {
  const response = await fetch('graphql', {
    method: 'POST',
    headers: headers(),
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  let body;
  try { body = JSON.parse(text); } catch { body = text; }
  return { status: response.status, body };
}

/** The order that was seen last is the one that the next example is about; a token that has ended is let go. */
function remember(body) {
  const found = /"(?:id|orderId)":"([0-9a-f]{8}-[0-9a-f-]{27})"/.exec(JSON.stringify(body));
  if (found) sessionStorage.setItem('order', lastOrder = found[1]);
  const codes = (body.errors || []).map((error) => error.extensions && error.extensions.code);
  if (token && codes.includes('UNAUTHENTICATED')) logout();
}

async function run() {
  say('…');
  const began = performance.now();
  try {
    const variables = el('variables').value.trim();
    const { status, body } = await ask(el('query').value, variables ? JSON.parse(variables) : undefined);
    el('answer').textContent = typeof body === 'string' ? body : JSON.stringify(body, null, 2);
    remember(body);
    say('HTTP ' + status + ' in ' + Math.round(performance.now() - began) + ' ms');
  } catch (error) {
    el('answer').textContent = String(error);
    say('not sent');
  }
}

async function login() {
  try {
    const response = await fetch('/v1/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: el('email').value, password: el('password').value }),
    });
    const body = await response.json();
    if (!response.ok) return say(body.detail || body.title || 'HTTP ' + response.status);
    token = body.accessToken;
    sessionStorage.setItem('token', token);
    showSession();
    say('signed in as ' + body.user.name);
  } catch (error) {
    say('no sign-in here: open this page through the gateway');
  }
}

function logout() {
  token = '';
  sessionStorage.removeItem('token');
  showSession();
  say('signed out');
}

function choose(example) {
  // A fresh key for each time the example is taken: what it places is a new order.
  const text = example.variables ? JSON.stringify(example.variables, null, 2) : '';
  el('query').value = example.query.trim() + '\n';
  const key = crypto.getRandomValues(new Uint32Array(2)).join('-');
  el('variables').value = text.replaceAll('NEW-KEY', key).replaceAll('ORDER-ID', lastOrder || 'ORDER-ID');
  el('answer').textContent = '';
}

for (const example of examples) {
  const button = document.createElement('button');
  button.textContent = example.title;
  button.onclick = () => choose(example);
  const item = document.createElement('li');
  item.append(button);
  el('examples').append(item);
}

const INTROSPECTION = '{ __schema { types { kind name description fields { name args { name type { ...T } } type { ...T } }'
  + ' inputFields { name type { ...T } } enumValues { name } possibleTypes { name } } } }'
  + ' fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }';

const typeText = (type) => type.kind === 'NON_NULL' ? typeText(type.ofType) + '!'
  : type.kind === 'LIST' ? '[' + typeText(type.ofType) + ']' : type.name;

function linesOf(type) {
  const fields = (type.fields || []).map((field) => {
    const args = field.args.map((arg) => arg.name + ': ' + typeText(arg.type)).join(', ');
    return field.name + (args && '(' + args + ')') + ': ' + typeText(field.type);
  });
  const inputs = (type.inputFields || []).map((field) => field.name + ': ' + typeText(field.type));
  const values = (type.enumValues || []).map((value) => value.name);
  const members = type.kind === 'UNION' ? type.possibleTypes.map((member) => '| ' + member.name) : [];
  return [...fields, ...inputs, ...values, ...members];
}

let types = [];
function showDocs() {
  const wanted = el('filter').value.trim().toLowerCase();
  const shown = types.filter(({ name, lines }) =>
    !wanted || [name, ...lines].some((text) => text.toLowerCase().includes(wanted)));
  el('docs').replaceChildren(...shown.map(({ name, lines }) => {
    const details = document.createElement('details');
    details.open = !!wanted || name === 'Query' || name === 'Mutation';
    const summary = document.createElement('summary');
    summary.textContent = name;
    details.append(summary, ...lines.map((line) => {
      const code = document.createElement('code');
      code.textContent = line;
      return code;
    }));
    return details;
  }));
}

async function loadDocs() {
  try {
    const { body } = await ask(INTROSPECTION);
    const rank = (name) => ['Query', 'Mutation', 'Subscription'].indexOf(name) + 1 || 9;
    types = body.data.__schema.types
      .filter((type) => !type.name.startsWith('__') && type.kind !== 'SCALAR')
      .map((type) => ({ name: type.name, lines: linesOf(type) }))
      .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
    showDocs();
  } catch (error) {
    el('docs').textContent = 'The schema cannot be read: ' + error;
  }
}

el('run').onclick = run;
el('login').onclick = login;
el('logout').onclick = logout;
el('filter').oninput = showDocs;
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); }
});
for (const area of document.querySelectorAll('textarea')) area.addEventListener('keydown', (event) => {
  if (event.key !== 'Tab' || event.shiftKey) return;
  event.preventDefault();
  area.setRangeText('  ', area.selectionStart, area.selectionEnd, 'end');
});
if (examples[0]) choose(examples[0]);
showSession();
loadDocs();
`;
