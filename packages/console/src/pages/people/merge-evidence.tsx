import { useState } from 'react';
import { Button } from 'antd';
import { identityApi } from '@wutong/contract';
import type { PersonView, ShownAssertion } from '../../api/vocabulary.ts';
import { useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { useUserNames } from '../../frame/use-names.ts';
import { Panel } from '../../parts/page.tsx';
import { Chip } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useKeyTitles } from '../identity/use-key-titles.ts';
import { KeyMoves } from './key-moves.tsx';
import styles from './person.module.css';
import { SplitDialog } from './split-dialog.tsx';
import { useSourceNames } from './use-source-names.ts';

/** Why these keys are one person, when they moved, and the way to split them again. */
export function MergeEvidence({ person }: { person: PersonView }) {
  const { text } = useReader();
  const words = text.people.merges;
  const maySplit = useMay(identityApi.unmergePerson) && person.keys.length > 1;
  /** The keys that the dialog begins with; undefined while it is closed. */
  const [splitting, setSplitting] = useState<readonly number[]>();
  const history = useRead(identityApi.readMergeHistory, { params: { personId: person.personId } });
  const present = new Set(person.keys.map(({ keyNumber }) => keyNumber));
  return (
    <div className="stack">
      <Panel
        flush
        title={words.assertions}
        definition={words.assertionsDefinition}
        extra={
          maySplit && (
            <Button size="small" danger onClick={() => setSplitting([])}>
              {words.unmerge}
            </Button>
          )
        }
      >
        <Answer query={history}>
          {({ assertions }) => (
            <>
              {assertions.length === 0 && <EmptyState small title={words.none} />}
              {assertions.map((assertion) => (
                <AssertionRow
                  key={assertion.assertionId}
                  assertion={assertion}
                  onSplit={
                    maySplit && splits(assertion, present)
                      ? () => setSplitting(assertion.keys.slice(1).map(({ keyNumber }) => keyNumber))
                      : undefined
                  }
                />
              ))}
            </>
          )}
        </Answer>
      </Panel>
      {history.data && <KeyMoves person={person} history={history.data} />}
      {splitting && (
        <SplitDialog person={person} leaving={splitting} onClose={() => setSplitting(undefined)} />
      )}
    </div>
  );
}

const LINKS: readonly ShownAssertion['kind'][] = ['seen', 'bind', 'sign_up', 'merge'];

/** Whether an assertion holds keys of this person together, so that it can be undone. */
function splits(assertion: ShownAssertion, present: ReadonlySet<number>): boolean {
  return (
    !assertion.retracted &&
    LINKS.includes(assertion.kind) &&
    assertion.keys.length > 1 &&
    assertion.keys.every(({ keyNumber }) => present.has(keyNumber))
  );
}

function AssertionRow({ assertion, onSplit }: { assertion: ShownAssertion; onSplit?: () => void }) {
  const { text } = useReader();
  const words = text.people.merges;
  const history = text.identity.history;
  const userName = useUserNames();
  const sourceName = useSourceNames();
  const titleOf = useKeyTitles();
  const { kind, keys, retracted, actor, reason, sourceId, firstAt, lastAt } = assertion;
  return (
    <div className={styles.relation}>
      <span className="spread">
        <span className="row">
          <b>{words.kind[kind]}</b>
          {retracted && <Chip tone="bad">{words.retracted}</Chip>}
          {keys.map(({ type, keyNumber, masked }) => (
            <Chip key={keyNumber}>
              {titleOf(type)} {masked}
            </Chip>
          ))}
        </span>
        {onSplit && (
          <Button size="small" type="link" className={styles.splitHere} onClick={onSplit}>
            {history.splitHere}
          </Button>
        )}
      </span>
      <span className="faint">
        {[actor ? userName(actor) : sourceName(sourceId), reason].filter(Boolean).join(' · ')}
        {' · '}
        {firstAt !== lastAt && (
          <>
            {history.first} <TimeText at={firstAt} />
            {text.punctuation.comma}
            {history.lastSeen}{' '}
          </>
        )}
        <TimeText at={lastAt} />
      </span>
    </div>
  );
}
