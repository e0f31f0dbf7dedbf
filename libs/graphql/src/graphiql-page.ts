import { createHash } from 'node:crypto';
import { GRAPHIQL_SCRIPT } from './graphiql-script.ts';
import { GRAPHIQL_STYLE } from './graphiql-style.ts';

/** An operation that the page offers; `variables` are shown as they are written here. */
export interface Example {
  readonly title: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export interface GraphiqlOptions {
  readonly title: string;
  readonly examples: readonly Example[];
}

const sha = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing from elsewhere, nothing injected: the page works offline and runs only what is written here. */
export const GRAPHIQL_CSP = [
  "default-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "connect-src 'self'",
  `script-src ${sha(GRAPHIQL_SCRIPT)}`,
  `style-src ${sha(GRAPHIQL_STYLE)}`,
].join('; ');

const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** A small GraphQL IDE in one file: editor, variables, sign-in, examples, the schema's types. For development. */
export function graphiqlPage({ title, examples }: GraphiqlOptions): string {
  const data = JSON.stringify(examples).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${GRAPHIQL_STYLE}</style>
</head>
<body>
<header>
  <h1>${escape(title)}</h1>
  <button id="run" title="Ctrl+Enter">&#9654; Run</button>
  <span id="status" role="status"></span>
  <span class="grow"></span>
  <input id="email" aria-label="e-mail" value="customer@example.com" autocomplete="off">
  <input id="password" aria-label="password" type="password" value="caravan-demo" autocomplete="off">
  <button id="login">Sign in</button>
  <button id="logout" hidden>Sign out</button>
</header>
<main>
  <nav>
    <h2>Examples</h2>
    <ul id="examples"></ul>
    <h2>Schema</h2>
    <input id="filter" placeholder="find a type or field" aria-label="find a type or field">
    <div id="docs"></div>
  </nav>
  <section>
    <h2>Operation</h2>
    <textarea id="query" spellcheck="false" aria-label="operation"></textarea>
    <h2>Variables</h2>
    <textarea id="variables" spellcheck="false" aria-label="variables"></textarea>
    <h2>Headers</h2>
    <textarea id="headers" spellcheck="false" aria-label="headers"></textarea>
  </section>
  <section>
    <h2>Answer</h2>
    <pre id="answer" tabindex="0"></pre>
  </section>
</main>
<script type="application/json" id="data">${data}</script>
<script>${GRAPHIQL_SCRIPT}</script>
</body>
</html>
`;
}
