import { useState } from 'react';
import { App, Checkbox, Input, Modal } from 'antd';
import { identityApi } from '@wutong/contract';
import type { PersonView } from '../../api/vocabulary.ts';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useKeyTitles } from '../identity/use-key-titles.ts';
import { FormProblem } from '../../parts/form-problem.tsx';
import { useReturnFocus } from '../../parts/use-return-focus.ts';
import styles from './person.module.css';

interface SplitDialogProps {
  person: PersonView;
  /** Keys chosen to begin with. */
  leaving: readonly number[];
  onClose: () => void;
}

const SHORTEST_REASON = 2;

/** Takes keys out of a person: which leave, which stay, and why. */
export function SplitDialog({ person, leaving, onClose }: SplitDialogProps) {
  useReturnFocus();
  const { text, format } = useReader();
  const words = text.people.merges;
  const { message } = App.useApp();
  const [keyNumbers, setKeyNumbers] = useState<readonly number[]>(leaving);
  const [reason, setReason] = useState('');
  const split = useWrite(identityApi.unmergePerson);
  const submit = async () => {
    const { personIds } = await split.mutateAsync({
      params: { personId: person.personId },
      body: { keyNumbers: [...keyNumbers], reason },
    });
    void message.success(words.unmerged(format.integer(personIds.length)));
    onClose();
  };
  const ready =
    keyNumbers.length > 0 &&
    keyNumbers.length < person.keys.length &&
    reason.trim().length >= SHORTEST_REASON;
  return (
    <Modal
      open
      title={words.unmerge}
      okText={words.unmerge}
      cancelText={text.state.cancel}
      okButtonProps={{ danger: true, disabled: !ready }}
      confirmLoading={split.isPending}
      onOk={() => void submit().catch(() => undefined)}
      onCancel={onClose}
    >
      <div className="stack">
        <p className="soft">{words.unmergeHint}</p>
        <SplitSides person={person} chosen={keyNumbers} onChoose={setKeyNumbers} />
        <Input
          value={reason}
          maxLength={500}
          placeholder={words.reason}
          aria-label={words.reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <FormProblem error={split.error} />
      </div>
    </Modal>
  );
}

interface SplitSidesProps {
  person: PersonView;
  chosen: readonly number[];
  onChoose: (keyNumbers: readonly number[]) => void;
}

/** The keys, each with a tick when it leaves, and the side on which it will be. */
function SplitSides({ person, chosen, onChoose }: SplitSidesProps) {
  const { history } = useReader().text.identity;
  const titleOf = useKeyTitles();
  return (
    <ul className={styles.split}>
      {person.keys.map(({ type, keyNumber, masked }) => {
        const leaves = chosen.includes(keyNumber);
        return (
          <li key={keyNumber} data-leaves={leaves}>
            <Checkbox
              checked={leaves}
              onChange={() =>
                onChoose(leaves ? chosen.filter((each) => each !== keyNumber) : [...chosen, keyNumber])
              }
            >
              {titleOf(type)} <span className="number">{masked}</span>
            </Checkbox>
            <small>{leaves ? history.leaves : history.stays}</small>
          </li>
        );
      })}
    </ul>
  );
}
