import { useCallback, useState } from 'react';
import type { EqlDocument } from '@wutong/contract';
import {
  beginDraft,
  changeDraft,
  readText,
  redoDraft,
  undoDraft,
  writeRule,
  type Written,
} from './rule/draft.ts';

export interface DraftControls {
  written: Written;
  setText: (text: string) => void;
  setDocument: (document: EqlDocument) => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
}

/** An expression while it is written, with undo and redo across both of its faces. */
export function useDraft(initialText: string): DraftControls {
  const [draft, setDraft] = useState(() => beginDraft(initialText));
  const setText = useCallback(
    (text: string) => setDraft((former) => changeDraft(former, readText(text), 'text', Date.now())),
    [],
  );
  const setDocument = useCallback(
    (document: EqlDocument) =>
      setDraft((former) => changeDraft(former, writeRule(document, former.present.text), 'rule', Date.now())),
    [],
  );
  const undo = useCallback(() => setDraft(undoDraft), []);
  const redo = useCallback(() => setDraft(redoDraft), []);
  return {
    written: draft.present,
    setText,
    setDocument,
    undo,
    redo,
    canUndo: draft.past.length > 0,
    canRedo: draft.future.length > 0,
  };
}
