import { useState } from 'react';
import { Button } from 'antd';
import type { TransformStep, ValueType } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { unmappedTexts, valueMapOf, withValueMap } from './value-map.ts';
import { ValueMapDialog } from './value-map-dialog.tsx';

interface ValueMapButtonProps {
  /** What the column or the part is called. */
  name: string;
  type: ValueType | undefined;
  steps: readonly TransformStep[];
  samples: readonly string[];
  onChange: (steps: TransformStep[]) => void;
}

/** Opens the value map of a column, and says how many texts it holds and which examples it lacks. */
export function ValueMapButton({ name, type, steps, samples, onChange }: ValueMapButtonProps) {
  const { text, format } = useReader();
  const words = text.imports.mapping.valueMap;
  const [open, setOpen] = useState(false);
  const found = valueMapOf(steps);
  const lacking = unmappedTexts(steps, samples);
  return (
    <>
      <Button
        type="link"
        size="small"
        style={{ paddingInline: 0 }}
        aria-label={`${name} ${words.title}`}
        onClick={() => setOpen(true)}
      >
        {found ? words.count(format.integer(found.entries.length)) : words.title}
      </Button>
      {lacking.length > 0 && (
        <small style={{ color: found?.otherwise === 'reject' ? 'var(--red)' : 'var(--ink-faint)' }}>
          {words.lacking(format.integer(lacking.length))}
        </small>
      )}
      {open && (
        <ValueMapDialog
          name={name}
          type={type}
          steps={steps}
          lacking={found ? lacking : unmappedTexts(withValueMap(steps, BLANK), samples)}
          onSave={(saved) => onChange(withValueMap(steps, saved))}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

/** Stands for a map that is not there yet, so that the examples are told before it. */
const BLANK = { entries: [{ from: '', to: null }], otherwise: 'reject' } as const;
