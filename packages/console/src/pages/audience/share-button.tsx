import { useState } from 'react';
import { Button } from 'antd';
import type { Sharing } from '../../api/vocabulary.ts';
import { useText } from '../../frame/reader.tsx';
import { ShareDialog } from './share-dialog.tsx';

interface ShareButtonProps {
  kind: 'segment' | 'tag';
  id: string;
  made: { name: string; owner: string; sharing: Sharing; mayShare: boolean };
}

/** Opens the sharing of a segment or tag, for those who decide on it. */
export function ShareButton({ kind, id, made: { name, owner, sharing, mayShare } }: ShareButtonProps) {
  const { sharing: words } = useText();
  const [open, setOpen] = useState(false);
  if (!mayShare) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{words.action}</Button>
      {open && <ShareDialog {...{ kind, id, name, owner, sharing }} onClose={() => setOpen(false)} />}
    </>
  );
}
