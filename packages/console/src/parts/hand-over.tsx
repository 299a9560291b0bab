import { useState } from 'react';
import { App, Button, Modal, Select } from 'antd';
import { useReader } from '../frame/reader.tsx';
import { useSession } from '../frame/session.tsx';
import { useColleagues, useUserNames } from '../frame/use-names.ts';
import { sentenceOf } from './states.tsx';

interface HandOverProps {
  name: string;
  /** User id or login name. */
  owner: string | undefined;
  /** The owner has lost the right: whoever has it may take it over. */
  lost: boolean;
  onHandOver: (owner: string) => Promise<unknown>;
}

/** Gives what runs with its owner's right to somebody else; offered to those who may do it. */
export function HandOver({ name, owner, lost, onHandOver }: HandOverProps) {
  const { text } = useReader();
  const words = text.sharing;
  const { user } = useSession();
  const { message } = App.useApp();
  const userName = useUserNames();
  const colleagues = useColleagues();
  const [next, setNext] = useState<string>();
  const [open, setOpen] = useState(false);
  const isOwner = owner === user.userId || owner === user.name;
  const mayChoose = user.role === 'administrator' || (isOwner && !lost);
  if (!mayChoose && (isOwner || !lost)) return null;
  const give = async (to: string) => {
    try {
      await onHandOver(to);
      void message.success(words.handedOver(userName(to)));
      setOpen(false);
    } catch (error) {
      void message.error(sentenceOf(error, text));
    }
  };
  if (!mayChoose) {
    return (
      <Button size="small" onClick={() => void give(user.userId)}>
        {words.takeOver}
      </Button>
    );
  }
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {words.handOver}
      </Button>
      <Modal
        open={open}
        title={`${words.handOver}: ${name}`}
        okText={words.handOver}
        cancelText={text.state.cancel}
        okButtonProps={{ disabled: next === undefined }}
        onOk={() => next !== undefined && void give(next)}
        onCancel={() => setOpen(false)}
      >
        <p className="faint">{words.runsAsHint}</p>
        <Select
          aria-label={words.owner}
          style={{ width: '100%' }}
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={words.colleaguesPlaceholder}
          value={next}
          options={colleagues
            .filter((each) => !each.disabled && each.userId !== owner && each.name !== owner)
            .map(({ userId, displayName }) => ({ value: userId, label: displayName }))}
          onChange={setNext}
        />
      </Modal>
    </>
  );
}
