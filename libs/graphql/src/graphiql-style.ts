export const GRAPHIQL_STYLE = `
* { box-sizing: border-box; }
:root { color-scheme: light dark; --line: #8885; --soft: #8882; --accent: #0a7a5c; font: 14px/1.45 system-ui, sans-serif; }
body { margin: 0; height: 100vh; display: flex; flex-direction: column; }
header { display: flex; gap: .5rem; align-items: center; padding: .5rem .8rem; border-bottom: 1px solid var(--line); flex-wrap: wrap; }
h1 { font-size: 1rem; margin: 0 .6rem 0 0; }
h2 { font-size: .72rem; text-transform: uppercase; letter-spacing: .06em; opacity: .7; margin: .6rem 0 .3rem; }
.grow { flex: 1; }
main { flex: 1; min-height: 0; display: grid; grid-template-columns: 17rem 1fr 1fr; }
main > * { padding: 0 .8rem .8rem; overflow: auto; min-width: 0; display: flex; flex-direction: column; }
main > * + * { border-left: 1px solid var(--line); }
nav { display: block !important; }
textarea, pre, input { font: 13px/1.5 ui-monospace, monospace; border: 1px solid var(--line); border-radius: 6px; padding: .5rem; background: var(--soft); color: inherit; }
textarea { resize: none; width: 100%; tab-size: 2; }
#query { flex: 5; min-height: 12rem; }
#variables { flex: 3; min-height: 6rem; }
#headers { flex: 1; min-height: 4rem; }
#answer { flex: 1; margin: 0; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
header input { padding: .3rem .5rem; width: 11.5rem; }
button { font: inherit; padding: .3rem .8rem; border-radius: 6px; border: 1px solid var(--line); background: var(--soft); color: inherit; cursor: pointer; }
#run { background: var(--accent); border-color: var(--accent); color: #fff; }
#examples { list-style: none; padding: 0; margin: 0; }
#examples button { width: 100%; text-align: left; border: 0; margin-bottom: 2px; }
#filter { width: 100%; margin-bottom: .5rem; }
details { border-top: 1px solid var(--line); padding: .2rem 0; }
summary { cursor: pointer; font-weight: 600; }
details code { display: block; padding-left: .9rem; overflow-wrap: anywhere; }
@media (max-width: 60rem) { main { grid-template-columns: 1fr; overflow: auto; } main > * + * { border-left: 0; } #answer { min-height: 14rem; } }
`;
