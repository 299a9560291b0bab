import type { Pdu } from 'smpp';
import type { Log } from '../../../platform/index.ts';
import { normalizeProviderId } from '../../normalize-provider-id.ts';
import type { Adapter, Answer, Hearing, Submission, SupplierSettings } from '../adapter.ts';
import { encodeSms, type EncodedPart } from './encode-sms.ts';
import { isReceipt, parseReceipt, textOf } from './parse-receipt.ts';
import { smppSettingsSchema } from './settings.ts';
import { openSmppLink, statusCode, type Exchange, type SmppLink } from './smpp-link.ts';

export { smppSettingsSchema } from './settings.ts';

/** Statuses of SMPP 3.4 § 5.1.3 that mean "later", not "no". */
const THROTTLED = new Set([0x58 /* ESME_RTHROTTLED */, 0x14 /* ESME_RMSGQFUL */]);
/** Invalid destination: no other supplier can do better. */
const INVALID_DESTINATION = 0x0b;
const SYSTEM_ERROR_AND_RETRY_LATER = 0x64; // ESME_RX_T_APPN, temporary
// A throttled part of a message whose other parts are out is tried again here.
const PART_RETRIES = 20;
const PART_RETRY_MS = 250;

/** An SMPP 3.4 transceiver session that keeps itself bound. */
export function createSmppAdapter(supplier: SupplierSettings, hearing: Hearing, log: Log): Adapter {
  const settings = smppSettingsSchema.parse(supplier.settings);
  let link: SmppLink | undefined;
  let stopping = false;
  let failures = 0;
  let reconnect: NodeJS.Timeout | undefined;
  let reference = Math.floor(Math.random() * 256);
  let inFlight = 0;
  const waiting: (() => void)[] = [];

  function connect(): void {
    if (stopping) return;
    link = openSmppLink(settings, supplier.secrets.password ?? '', {
      bound() {
        failures = 0;
        hearing.link('up');
      },
      closed(reason) {
        hearing.link('down', reason);
        // Who waits for room in the window has written nothing.
        for (const wake of waiting.splice(0)) wake();
        if (stopping) return;
        const pause = Math.min(
          settings.longestReconnectMs,
          settings.reconnectMs * 2 ** Math.min(failures++, 10),
        );
        reconnect = setTimeout(connect, pause * (0.5 + Math.random() / 2));
      },
      deliver: (pdu) => void hear(pdu),
    });
  }

  /** A PDU is answered when what it says is in the ledger; unanswered ones come again after the next bind. */
  async function hear(pdu: Pdu): Promise<void> {
    const from = link;
    try {
      if (isReceipt(pdu)) {
        const receipt = parseReceipt(pdu, settings.receiptIds);
        if (receipt !== undefined) await hearing.receipt(receipt);
      } else {
        await hearing.reply({ address: pdu.source_addr ?? '', text: textOf(pdu) });
      }
      from?.respond(pdu);
    } catch (error) {
      log.warn(
        { supplier: supplier.supplierId, error: (error as Error).message },
        'a deliver_sm could not be taken in',
      );
    }
  }

  /** Waits for room in the window, then writes one part. */
  async function exchange(submission: Submission, part: EncodedPart): Promise<Exchange> {
    while (inFlight >= supplier.window) {
      await new Promise<void>((wake) => waiting.push(wake));
      if (link?.isBound() !== true) return { kind: 'not_written' };
    }
    if (link === undefined) return { kind: 'not_written' };
    inFlight++;
    try {
      return await link.submit({
        source_addr: settings.sourceAddress,
        source_addr_ton: settings.sourceTon,
        source_addr_npi: settings.sourceNpi,
        destination_addr: submission.address.replace(/^\+/, ''),
        dest_addr_ton: settings.destinationTon,
        dest_addr_npi: settings.destinationNpi,
        registered_delivery: 1,
        ...part,
      });
    } finally {
      inFlight--;
      waiting.shift()?.();
    }
  }

  async function submitPart(
    submission: Submission,
    part: EncodedPart,
    othersAreOut: boolean,
  ): Promise<Answer> {
    for (let retry = 0; ; retry++) {
      const answer = answerOf(await exchange(submission, part));
      const again = answer.kind === 'throttled' && othersAreOut && retry < PART_RETRIES;
      if (!again) return answer;
      await new Promise((resolve) => setTimeout(resolve, PART_RETRY_MS));
    }
  }

  return {
    start: connect,
    isUp: () => link?.isBound() === true && !stopping,
    async submit(submission) {
      const parts = encodeSms(submission.fields.text ?? '', reference++);
      const providerIds: string[] = [];
      for (const [index, part] of parts.entries()) {
        const answer = await submitPart(submission, part, index > 0);
        if (answer.kind === 'accepted') providerIds.push(...answer.providerIds);
        else if (index === 0) return answer;
        // Some parts are out: neither a second supplier nor another try may repeat them.
        else if (answer.kind === 'uncertain') return answer;
        else return { kind: 'rejected', code: `part ${index + 1}: ${answer.code}`, final: true };
      }
      return { kind: 'accepted', providerIds };
    },
    async stop(graceMs) {
      stopping = true;
      clearTimeout(reconnect);
      const until = performance.now() + graceMs;
      while (
        link !== undefined &&
        link.isBound() &&
        (inFlight > 0 || waiting.length > 0) &&
        performance.now() < until
      ) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await link?.unbind();
    },
  };
}

function answerOf(exchange: Exchange): Answer {
  switch (exchange.kind) {
    case 'not_written':
      return { kind: 'not_sent', code: 'not_connected' };
    case 'lost':
      return { kind: 'uncertain', code: exchange.reason };
    case 'answered': {
      const { command_status: status, message_id: id } = exchange.pdu;
      if (status === 0) return { kind: 'accepted', providerIds: id ? [normalizeProviderId(id)] : [] };
      if (THROTTLED.has(status) || status === SYSTEM_ERROR_AND_RETRY_LATER) {
        return { kind: 'throttled', code: statusCode(status) };
      }
      return { kind: 'rejected', code: statusCode(status), final: status === INVALID_DESTINATION };
    }
  }
}
