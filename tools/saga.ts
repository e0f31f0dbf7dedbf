import { runProgram } from './operations/program.ts';
import { audit, compensate, retry } from './saga/act.ts';
import { list, replay, show } from './saga/look.ts';

process.exitCode = await runProgram(
  'npm run saga',
  'Orders on their way: checkouts and cancellations, step by step.',
  {
    list,
    show,
    replay,
    retry,
    compensate,
    audit,
  },
);
