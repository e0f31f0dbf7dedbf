import { chmodSync, createWriteStream, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SMTPServer } from 'smtp-server';

/** Development's mailbox: takes every mail on the loopback and keeps it as one .eml file. */
const folder = process.env.MAIL_FOLDER ?? '.data/mail';
const port = Number(process.env.PORT ?? 2525);
// Mails hold names, addresses and orders of customers.
mkdirSync(folder, { recursive: true, mode: 0o700 });
chmodSync(folder, 0o700);
let count = 0;

const server = new SMTPServer({
  authOptional: true,
  // The greeting tells which mail sink this is.
  banner: process.env.INSTANCE_ID ?? '',
  disabledCommands: ['STARTTLS', 'AUTH'],
  disableReverseLookup: true,
  // When it is told to leave, a connection that is kept for further mails is not waited for.
  closeTimeout: 500,
  onData(stream, session, callback) {
    const to = (session.envelope.rcptTo[0]?.address ?? 'nobody').replaceAll(/[^\w.@-]/g, '_');
    const file = join(
      folder,
      `${new Date().toISOString().replaceAll(':', '-')}-${process.pid}-${count++}-${to}.eml`,
    );
    // Renamed when whole, so that a reader of *.eml never sees half a mail.
    pipeline(stream, createWriteStream(`${file}.part`, { mode: 0o600 })).then(
      () => {
        renameSync(`${file}.part`, file);
        console.log(`kept ${file}`);
        callback();
      },
      (error: Error) => callback(error),
    );
  },
});

server.on('error', (error) => {
  console.error(error.message);
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') process.exit(1);
});
// Whatever state a connection is in, its reset must not end the process.
server.server.on('connection', (socket) => socket.on('error', () => undefined));
const handed = process.env.LISTEN_FD;
server.listen(handed === undefined ? { port, host: '127.0.0.1' } : { fd: Number(handed) }, () =>
  console.log(`mail sink on smtp://127.0.0.1:${port}, mails in ${folder}`),
);

for (const name of ['SIGTERM', 'SIGINT'] as const)
  process.once(name, () => server.close(() => process.exit(0)));
