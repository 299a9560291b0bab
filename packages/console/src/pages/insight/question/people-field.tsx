import { lazy, Suspense, useState } from 'react';
import { Button } from 'antd';
import { CloseOutlined } from '@ant-design/icons';
import { audienceApi } from '@wutong/contract';
import { useText } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import type { InsightNames } from './use-insight-names.ts';
import { segmentOf } from './segment-expression.ts';
import styles from './question.module.css';

const ExpressionDialog = lazy(() => import('./expression-dialog.tsx'));

interface PeopleFieldProps {
  label: string;
  value: string | undefined;
  onChange: (expression: string | undefined) => void;
  names: InsightNames;
  /** The words where nobody is named; everybody, mostly. */
  none?: string;
}

/** Who a question is about: everybody, a segment, or whom an expression describes. */
export function PeopleField({ label, value, onChange, names, none }: PeopleFieldProps) {
  const { insight: words } = useText();
  const may = useMay(audienceApi.checkEql);
  const [open, setOpen] = useState(false);
  const segmentId = value === undefined ? undefined : segmentOf(value);
  const segment = names.segments.find((each) => each.segmentId === segmentId)?.name;
  return (
    <div className={styles.group}>
      <button
        type="button"
        className={styles.expression}
        title={value}
        disabled={!may}
        onClick={() => setOpen(true)}
      >
        {value === undefined ? (none ?? words.everybody) : (segment ?? <code>{value}</code>)}
      </button>
      {value !== undefined && (
        <Button
          type="text"
          icon={<CloseOutlined />}
          aria-label={words.remove}
          onClick={() => onChange(undefined)}
        />
      )}
      {open && (
        <Suspense fallback={null}>
          <ExpressionDialog
            title={label}
            text={value ?? ''}
            names={names}
            onSave={(text) => {
              onChange(text.trim());
              setOpen(false);
            }}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </div>
  );
}
