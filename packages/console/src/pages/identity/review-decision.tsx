import { useState } from 'react';
import { App, Button, Input, Radio } from 'antd';
import { identityApi } from '@wutong/contract';
import type { QuarantineItem } from '../../api/vocabulary.ts';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { ChoiceCards } from '../../parts/choice-cards.tsx';
import { FormProblem } from '../../parts/form-problem.tsx';
import { Panel } from '../../parts/page.tsx';
import styles from './review.module.css';
import { useKeyTitles } from './use-key-titles.ts';

type Choice = 'merge' | 'apart' | 'shared' | 'exempt';

/** What may be decided: a shared key is shared or is not; a stopped link joins, parts, or shows a shared key. */
function choicesOf(item: QuarantineItem): Choice[] {
  if (item.reason === 'shared') return ['shared', 'exempt'];
  return item.reason === 'linkage' ? ['merge', 'apart'] : ['merge', 'apart', 'shared'];
}

const SHORTEST_REASON = 2;

/** The decision with its reason; it is itself an assertion and can be outweighed by a later one. */
export function ReviewDecision({ item, onDecided }: { item: QuarantineItem; onDecided: () => void }) {
  const { text } = useReader();
  const words = text.identity.review;
  const { message } = App.useApp();
  const titleOf = useKeyTitles();
  const [choice, setChoice] = useState<Choice>();
  const [sharedKey, setSharedKey] = useState(item.keys[1]?.keyNumber ?? item.keys[0]?.keyNumber);
  const [reason, setReason] = useState('');
  // Only the queue: one of the people shown may be gone after the decision, and asking for them would fail.
  const decide = useWrite(identityApi.decideQuarantine, [identityApi.listQuarantine]);
  const names = item.reason !== 'shared' && choice === 'shared';
  const ready = choice !== undefined && reason.trim().length >= SHORTEST_REASON;
  const submit = async () => {
    await decide.mutateAsync({
      params: { itemId: item.itemId },
      body: {
        accept: choice === 'merge' || choice === 'exempt',
        ...(names && sharedKey !== undefined ? { sharedKeyNumber: sharedKey } : {}),
        reason,
      },
    });
    void message.success(words.recorded);
    onDecided();
  };
  return (
    <Panel title={words.confirm}>
      <div className={styles.decision}>
        <ChoiceCards
          label={words.confirm}
          choices={choicesOf(item).map((value) => ({ value, ...words.decisions[value] }))}
          value={choice}
          onChange={setChoice}
        />
        {names && item.keys.length > 1 && (
          <div className="row">
            <span className="soft">{words.sharedWhich}</span>
            <Radio.Group
              value={sharedKey}
              onChange={({ target }) => setSharedKey(target.value as number)}
              options={item.keys.map(({ keyNumber, type, masked }) => ({
                value: keyNumber,
                label: `${titleOf(type)} ${masked}`,
              }))}
            />
          </div>
        )}
        <Input.TextArea
          autoSize={{ minRows: 2, maxRows: 5 }}
          maxLength={500}
          value={reason}
          aria-label={words.reason}
          placeholder={words.reasonHint}
          onChange={(event) => setReason(event.target.value)}
        />
        <FormProblem error={decide.error} />
        <div className="row">
          <Button
            type="primary"
            disabled={!ready}
            loading={decide.isPending}
            onClick={() => void submit().catch(() => undefined)}
          >
            {words.confirm}
          </Button>
          {choice !== undefined && !ready && <span className="faint">{words.reasonShort}</span>}
        </div>
      </div>
    </Panel>
  );
}
