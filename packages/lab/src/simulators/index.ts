/** The outside world's suppliers, simulated over their real protocols on loopback. */
export { FLAWLESS, type Behaviour, type Fate } from './fate.ts';
export { createServiceAccount, startFcm, type FcmSimulator, type Push } from './fcm.ts';
export { createHandsets, type Got, type Handsets } from './handsets.ts';
export { startSmsc, type Smsc, type SmscCounts, type SmscOptions } from './smsc.ts';
export { startSmtpSink, type SmtpSink } from './smtp-sink.ts';
