import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { onInterrupt } from '../tools/interrupts.ts';
import { asksForHelp, leave, refuse, usageOf, WrongWords } from '../tools/command-line.ts';
import { FAMILIES, FAULTS, faultsNamed, grouped } from './catalogue.ts';
import type { Fault } from './fault.ts';
import { chaosCommand, type Flags, parseFlags } from './flags.ts';
import { figures, type Run } from './figures.ts';
import { describe, isGreen, memoryTable, repeatCommand, type Result, summary } from './report.ts';
import { endless } from './soak.ts';
import { Storm } from './storm.ts';

/** Faults after which processes count as warm. */
const WARM = 2;

function list(): void {
  for (const [family, faults] of Object.entries(FAMILIES)) {
    console.log(family);
    for (const { name, title } of faults) console.log(`  ${name.padEnd(30)} ${title}`);
  }
}

/** What is to be run, one after the other; a soak ends by the clock. */
function* scheduleOf({ command, names, seed, minutes }: Flags): Generator<{ fault: Fault; seed: number }> {
  if (command === 'soak') {
    const until = performance.now() + minutes * 60_000;
    for (const next of endless(seed)) {
      if (performance.now() > until) return;
      yield next;
    }
  }
  const faults = command === 'run' ? names.flatMap(faultsNamed) : grouped(FAULTS);
  for (const fault of faults) yield { fault, seed };
}

async function runOne(storm: Storm, fault: Fault, seed: number, again: string): Promise<Result> {
  console.log(`\n${fault.name}: ${fault.title}`);
  const result = await storm.run(fault, seed);
  if (result.kind === 'impossible') console.log(`    not possible here, because ${result.why}`);
  else {
    for (const line of describe(result.outcome)) console.log(line);
    if (result.outcome.violations.length > 0) console.log(`    again: ${again}\n    logs:  ${storm.logs}`);
  }
  return result;
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) leave(usageOf(chaosCommand));
  const flags = parseFlags(args);
  if (flags.command === 'list') {
    list();
    return 0;
  }
  if (flags.command === 'figures') {
    const runs = flags.names.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Run);
    for (const line of figures(runs, FAMILIES)) console.log(line);
    return 0;
  }
  const storm = new Storm(flags, console.log);
  onInterrupt((again) => {
    console.log('\nStopping the storm and what it started.');
    void storm.close().then(() => process.exit(130));
    if (again) process.exit(130);
  });
  const results: Result[] = [];
  let before: Record<string, number> = {};
  try {
    console.log(`Caravan in a storm, seed ${flags.seed}`);
    for (const { fault, seed } of scheduleOf(flags)) {
      results.push(await runOne(storm, fault, seed, repeatCommand(flags, fault.name)));
      if (results.length === WARM) before = storm.memory();
    }
    if (flags.command === 'soak') console.log(`\n${memoryTable(before, storm.memory()).join('\n')}`);
  } finally {
    await storm.close();
  }
  console.log(`\n${summary(results).join('\n')}`);
  const green = isGreen(results);
  console.log(`\n${green ? 'Nothing was lost.' : 'SOMETHING WAS LOST.'} Seed ${flags.seed}`);
  if (flags.json !== undefined)
    writeFileSync(
      flags.json,
      JSON.stringify({ flags, green, results: results.map(withoutJournals) }, null, 2),
    );
  if (flags.journals !== undefined) recordJournals(flags.journals, results);
  return green ? 0 : 1;
}

function withoutJournals(result: Result): Result {
  return result.kind === 'impossible' ? result : { ...result, outcome: { ...result.outcome, journals: [] } };
}

/** Longer ones tell nothing that shorter ones do not. */
const LONGEST_RECORDED = 16;

/** Adds what is not there yet; a journal that a release has recorded stays. */
function recordJournals(file: string, results: readonly Result[]): void {
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as object[]) : [];
  const all = new Set(known.map((journal) => JSON.stringify(journal)));
  for (const result of results)
    if (result.kind !== 'impossible')
      for (const journal of result.outcome.journals)
        if ((JSON.parse(journal) as { entries: object[] }).entries.length <= LONGEST_RECORDED)
          all.add(journal);
  writeFileSync(file, `[\n${[...all].join(',\n')}\n]\n`);
  console.log(`${all.size} journals are recorded in ${file}, ${all.size - known.length} of them new`);
}

try {
  process.exit(await main());
} catch (error) {
  if (error instanceof WrongWords) refuse(error.message, usageOf(chaosCommand));
  console.error(`The storm stopped: ${(error as Error).message}`);
  process.exit(1);
}
