import { startSmsc } from '../../../lab/src/simulators/index.ts';

/** A simulated SMSC in a process of its own, so that it does not share a thread with what is measured. */
const smsc = await startSmsc({
  name: 'bench',
  systemId: 'wutong',
  password: 'secret',
  behaviour: { receiptDelayMs: [1, 5] },
});
process.stdout.write(`${smsc.port}\n`);
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
