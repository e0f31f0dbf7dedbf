import { audit } from './dlq/audit.ts';
import { list, show } from './dlq/look.ts';
import { drop, redrive } from './dlq/move.ts';
import { runProgram } from './operations/program.ts';

process.exitCode = await runProgram(
  'npm run dlq',
  'Messages that a service could not handle: its dead letters.',
  {
    list,
    show,
    redrive,
    drop,
    audit,
  },
);
