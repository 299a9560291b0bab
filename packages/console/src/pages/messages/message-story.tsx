import { hubApi, type ResponseOf } from '@wutong/contract';
import { useReader } from '../../frame/reader.tsx';
import { useSupplierNames } from '../../frame/use-names.ts';
import { Facts } from '../../parts/facts.tsx';
import { StateMark, toneOf } from '../../parts/state-mark.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { wordFor } from '../../text/text.ts';
import styles from './message.module.css';

type Story = ResponseOf<typeof hubApi.readMessage>;
type Attempt = Story['attempts'][number];
type Receipt = Story['receipts'][number];

/** Step by step: queued, each attempt with its answer and receipts, delivered, clicked. */
export function MessageStory({ story: { message, attempts, receipts } }: { story: Story }) {
  const { text } = useReader();
  const words = text.messages;
  const orphans = receipts.filter(({ attemptId }) => attemptId === undefined);
  return (
    <ol className={styles.story}>
      <li data-tone="quiet">
        <Step at={message.reservedAt} title={words.reserved} />
      </li>
      {message.state === 'suppressed' && (
        <li data-tone="warn">
          <Step
            at={message.reservedAt}
            title={words.suppressedStory(wordFor(text.words.reason, message.reason))}
          />
        </li>
      )}
      {attempts.map((attempt) => (
        <li key={attempt.attemptId} data-tone={toneOf(attempt.state)}>
          <AttemptStep
            attempt={attempt}
            receipts={receipts.filter(({ attemptId }) => attemptId === attempt.attemptId)}
          />
        </li>
      ))}
      {orphans.map((receipt) => (
        <li key={receipt.receiptId} data-tone="quiet">
          <ReceiptLine receipt={receipt} />
        </li>
      ))}
      {message.clickedAt && (
        <li data-tone="good">
          <Step at={message.clickedAt} title={words.clicked} />
        </li>
      )}
    </ol>
  );
}

function Step({ at, title }: { at: string; title: string }) {
  return (
    <div className="spread">
      <b>{title}</b>
      <span className="faint">
        <TimeText at={at} form="full" />
      </span>
    </div>
  );
}

function AttemptStep({ attempt, receipts }: { attempt: Attempt; receipts: readonly Receipt[] }) {
  const { text, format } = useReader();
  const words = text.messages;
  const supplierName = useSupplierNames();
  const rendered = Object.entries(attempt.rendered ?? {});
  const fieldNames: Record<string, string> = text.contents.fields;
  return (
    <>
      <div className="spread">
        <span className="row">
          <b>{words.attempt(String(attempt.ordinal))}</b>
          <span>{supplierName(attempt.supplierId)}</span>
          <StateMark tone={toneOf(attempt.state)}>
            {wordFor(text.words.attemptState, attempt.state)}
          </StateMark>
        </span>
        <span className="faint">
          <TimeText at={attempt.calledAt} form="full" />
        </span>
      </div>
      <div className={styles.facts}>
        <Facts
          facts={[
            attempt.address && [
              words.address,
              <span key="address" className="number">
                {attempt.address}
              </span>,
            ],
            attempt.code && [
              words.supplierCode,
              <code key="code" className="mono">
                {attempt.code}
              </code>,
            ],
            attempt.answeredAt && [
              words.answered,
              <TimeText key="answered" at={attempt.answeredAt} form="full" />,
            ],
            attempt.finalAt && [words.final, <TimeText key="final" at={attempt.finalAt} form="full" />],
            attempt.parts > 1 && ['', words.parts(format.integer(attempt.parts))],
          ]}
        />
        {rendered.length > 0 && (
          <blockquote className={styles.rendered} aria-label={words.rendered}>
            {rendered.map(([name, value]) => (
              <p key={name}>
                {rendered.length > 1 && <span className="faint">{fieldNames[name] ?? name} </span>}
                {value}
              </p>
            ))}
          </blockquote>
        )}
        {receipts.map((receipt) => (
          <ReceiptLine key={receipt.receiptId} receipt={receipt} />
        ))}
      </div>
    </>
  );
}

function ReceiptLine({ receipt }: { receipt: Receipt }) {
  const { text } = useReader();
  const words = text.messages;
  return (
    <div className="spread">
      <span className="row">
        <span className="faint">{words.receipt}</span>
        <StateMark tone={toneOf(receipt.state)}>{wordFor(text.words.attemptState, receipt.state)}</StateMark>
        {receipt.code && <code className="mono faint">{receipt.code}</code>}
        {!receipt.changed && <span className="faint">{words.noChange}</span>}
        {receipt.attemptId === undefined && <span className="faint">{words.orphan}</span>}
      </span>
      <span className="faint">
        <TimeText at={receipt.receivedAt} form="full" />
      </span>
    </div>
  );
}
