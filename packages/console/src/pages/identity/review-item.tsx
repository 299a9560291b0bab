import { Button } from 'antd';
import { identityApi } from '@wutong/contract';
import type { QuarantineItem } from '../../api/vocabulary.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { useUserNames } from '../../frame/use-names.ts';
import { Panel } from '../../parts/page.tsx';
import { Chip } from '../../parts/state-mark.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { LinkageScore, linkageOf } from './linkage-score.tsx';
import { PeopleSideBySide } from './people-side-by-side.tsx';
import { ReviewDecision } from './review-decision.tsx';
import styles from './review.module.css';
import { useKeyTitles } from './use-key-titles.ts';

interface ReviewItemProps {
  item: QuarantineItem;
  onDecided: () => void;
  /** On a phone the item covers the list. */
  onBack?: () => void;
}

/** One stopped link: what it is, both sides next to each other, the score where there is one, the decision. */
export function ReviewItem({ item, onDecided, onBack }: ReviewItemProps) {
  const { text, format } = useReader();
  const words = text.identity.review;
  const mayDecide = useMay(identityApi.decideQuarantine);
  const userName = useUserNames();
  const titleOf = useKeyTitles();
  // A shared key is the matter itself: the people are those who use it.
  const sides = item.reason === 'shared' ? item.counted : [...item.keys, ...item.counted];
  const linkage = linkageOf(item.evidence);
  return (
    <div className="stack" style={{ minWidth: 0 }}>
      {onBack && (
        <Button type="link" style={{ justifySelf: 'start', padding: 0 }} onClick={onBack}>
          ← {words.back}
        </Button>
      )}
      <Panel
        title={text.data.quarantine.reason[item.reason]}
        extra={
          <>
            {text.data.quarantine.found} <TimeText at={item.foundAt} form="full" />
          </>
        }
      >
        <p className={styles.lead}>{useLead(item)}</p>
        <div className="row">
          {item.keys.map(({ keyNumber, type, masked }) => (
            <Chip key={keyNumber} tone={item.reason === 'shared' ? 'warn' : 'quiet'}>
              {titleOf(type)} {masked}
            </Chip>
          ))}
        </div>
        {item.decidedBy && (
          <p className={styles.decided}>
            <Chip>{text.data.quarantine.states[item.state]}</Chip>{' '}
            {text.data.quarantine.decided(userName(item.decidedBy), format.dateTime(item.decidedAt))}
            {item.decisionReason && ` · ${item.decisionReason}`}
          </p>
        )}
      </Panel>
      <PeopleSideBySide
        title={item.reason === 'shared' ? words.users : undefined}
        personIds={[...new Set(sides.map(({ personId }) => personId))]}
      />
      {linkage && <LinkageScore linkage={linkage} />}
      {item.state === 'open' && mayDecide && <ReviewDecision item={item} onDecided={onDecided} />}
    </div>
  );
}

/** Why it was stopped, in a sentence. */
function useLead(item: QuarantineItem): string {
  const { text, format } = useReader();
  const words = text.identity.review;
  const titleOf = useKeyTitles();
  const { keyType, count, maximum } = item.evidence;
  const type = typeof keyType === 'string' && keyType !== '*' ? titleOf(keyType) : text.people.keys;
  const number = (value: unknown): string => format.integer(typeof value === 'number' ? value : undefined);
  switch (item.reason) {
    case 'shared':
      return words.sharedLead;
    case 'cardinality':
      return words.cardinalityLead(type);
    case 'limit':
      return words.limitLead(type, number(count), number(maximum));
    case 'window':
      return words.windowLead(type, number(count), number(maximum));
    case 'size':
      return words.sizeLead;
    case 'linkage':
      return words.linkageLead(format.percent(linkageOf(item.evidence)?.probability, 1));
  }
}
