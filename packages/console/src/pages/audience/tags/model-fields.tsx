import { Input, InputNumber, Segmented } from 'antd';
import type { audienceApi } from '@wutong/contract';
import { useText } from '../../../frame/reader.tsx';
import { Field } from '../../insight/question/field.tsx';
import styles from '../lookalike/lookalike.module.css';
import { ScoreCommand } from './score-command.tsx';

export type TagModel = audienceApi.TagModel;

const HOURS_OF_DAY = 24;
const MOST_DAYS = 366;
/** A week, as the server has it. */
export const firstModel: TagModel = { freshForHours: 7 * HOURS_OF_DAY };

interface ModelFieldsProps {
  value: TagModel;
  tagId: string;
  onChange: (value: TagModel) => void;
}

/** Where a model's scores come from, and for how long they hold. */
export function ModelFields({ value, tagId, onChange }: ModelFieldsProps) {
  const { tags } = useText();
  const words = tags.model;
  const byScorer = value.scorer !== undefined;
  return (
    <div className={styles.fields}>
      <Field label={words.from} definition={words.fromHint}>
        <Segmented
          aria-label={words.from}
          value={byScorer ? 'scorer' : 'api'}
          options={[
            { value: 'api', label: words.api },
            { value: 'scorer', label: words.scorer },
          ]}
          onChange={(next) => onChange({ ...value, scorer: next === 'scorer' ? '' : undefined })}
        />
        {byScorer ? (
          <>
            <Input
              aria-label={words.scorerName}
              placeholder={words.scorerName}
              className="mono"
              maxLength={100}
              value={value.scorer}
              onChange={(event) => onChange({ ...value, scorer: event.target.value })}
            />
            <p className="faint">{words.scorerHint}</p>
          </>
        ) : (
          <ScoreCommand tagId={tagId} />
        )}
      </Field>
      <Field label={words.fresh} definition={words.freshHint}>
        <InputNumber
          aria-label={words.fresh}
          style={{ width: 180 }}
          min={1}
          max={MOST_DAYS}
          suffix={words.days}
          value={Math.max(1, Math.round(value.freshForHours / HOURS_OF_DAY))}
          onChange={(days) => onChange({ ...value, freshForHours: (days ?? 1) * HOURS_OF_DAY })}
        />
      </Field>
    </div>
  );
}
