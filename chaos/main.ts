import { writeFileSync } from 'node:fs';
import { onInterrupt } from '../tools/interrupts.ts';
import { FAMILIES, FAULTS, faultsNamed } from './catalogue.ts';
import type { Fault } from './fault.ts';
import { parseFlags } from './flags.ts';
import { describe, isGreen, repeatCommand, type Result, summary } from './report.ts';
import { Storm } from './storm.ts';

function list(): void {
  for (const [family, faults] of Object.entries(FAMILIES)) {
    console.log(family);
    for (const { name, title } of faults) console.log(`  ${name.padEnd(30)} ${title}`);
  }
}

async function main(): Promise<number> {
  const flags = parseFlags(process.argv.slice(2));
  if (flags.command === 'list') {
    list();
    return 0;
  }
  const faults: readonly Fault[] = flags.command === 'run' ? flags.names.flatMap(faultsNamed) : FAULTS;
  const storm = new Storm(flags, console.log);
  onInterrupt((again) => {
    console.log('\nStopping the storm and what it started.');
    void storm.close().then(() => process.exit(130));
    if (again) process.exit(130);
  });
  const results: Result[] = [];
  try {
    console.log(`Caravan in a storm, seed ${flags.seed}`);
    for (const fault of faults) {
      console.log(`\n${fault.name}: ${fault.title}`);
      const result = await storm.run(fault);
      results.push(result);
      if (result.kind === 'impossible') console.log(`    not possible here, because ${result.why}`);
      else {
        for (const line of describe(result.outcome)) console.log(line);
        if (result.outcome.violations.length > 0)
          console.log(
            `    again: ${repeatCommand(fault.name, flags.seed, flags.replicas)}\n    logs:  ${storm.logs}`,
          );
      }
    }
  } finally {
    await storm.close();
  }
  console.log(`\n${summary(results).join('\n')}`);
  const green = isGreen(results);
  console.log(`\n${green ? 'Nothing was lost.' : 'SOMETHING WAS LOST.'} Seed ${flags.seed}`);
  if (flags.json !== undefined) writeFileSync(flags.json, JSON.stringify({ flags, green, results }, null, 2));
  return green ? 0 : 1;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(`The storm stopped: ${(error as Error).message}`);
  process.exit(1);
}
