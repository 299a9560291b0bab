import { Button } from 'antd';
import { FilterOutlined } from '@ant-design/icons';
import type { RelatedSource } from '@wutong/contract';
import { useText } from '../../frame/reader.tsx';
import { Definition } from '../../parts/page.tsx';
import { groupCondition } from '../rule/groups.ts';
import { fieldsOf, relatedAt, type Subject } from '../rule/names.ts';
import { compareField } from '../rule/new-condition.ts';
import {
  readRelatedQuestion,
  writeRelatedQuestion,
  writeRelatedValue,
  type RelatedQuestion,
} from '../rule/related-question.ts';
import { typeOf } from '../rule/value-type.ts';
import { useRule } from '../rule-context.ts';
import { ComparisonPart } from './comparison-part.tsx';
import { InnerConditions } from './inner-conditions.tsx';
import { RelatedMeasureChoice, RelatedMeasureField, RelatedSourceSelect } from './related-measure.tsx';
import type { RowProps } from './row.ts';
import { WindowField } from './window-field.tsx';
import styles from './builder.module.css';

/** Holdings, companies and whatever else belongs to the subject: any, all, none, or how much of it. */
export function RelatedRow({ condition, subject, onChange }: RowProps) {
  const { rule: words } = useText();
  const { names } = useRule();
  const question = readRelatedQuestion(condition);
  if (!question) return null;
  const { measure, source, comparison } = question;
  const put = (changed: Partial<RelatedQuestion>) =>
    onChange(writeRelatedQuestion({ ...question, ...changed }));
  const choice = relatedAt(names, subject, source);
  const inner: Subject = choice?.subject ?? { kind: 'detail', type: source.name };
  const isCompared = comparison !== undefined && !['any', 'all', 'none'].includes(measure);
  return (
    <>
      <RelatedMeasureChoice question={question} choice={choice} onChange={put} />
      <RelatedSourceSelect
        source={source}
        subject={subject}
        onChange={(changed) => put({ source: changed })}
      />
      {isCompared && <RelatedMeasureField question={question} choice={choice} inner={inner} onChange={put} />}
      {question.byDay && <span className={styles.said}>{words.byDay}</span>}
      {isCompared && (
        <ComparisonPart
          comparison={comparison}
          typing={typeOf(names, subject, writeRelatedValue(question))}
          onChange={(changed) => put({ comparison: changed })}
        />
      )}
      {source.window && (
        <WindowField
          optional
          value={source.window}
          onChange={(window) => {
            const { window: _former, ...rest } = source;
            put({ source: window ? { ...rest, window } : rest });
          }}
        />
      )}
      {measure === 'all' && <Definition text={words.quantifierHint} />}
      <RelatedWhere source={source} inner={inner} onChange={(changed) => put({ source: changed })} />
    </>
  );
}

interface WherePartProps {
  source: RelatedSource;
  inner: Subject;
  onChange: (source: RelatedSource) => void;
}

/** Which of them: conditions about their fields. */
export function RelatedWhere({ source, inner, onChange }: WherePartProps) {
  const { rule: words } = useText();
  const { names } = useRule();
  if (source.where) {
    return (
      <InnerConditions
        label={words.where}
        subject={inner}
        where={source.where}
        onChange={(where) => {
          const { where: _former, ...rest } = source;
          onChange(where ? { ...rest, where } : rest);
        }}
      />
    );
  }
  const field = fieldsOf(names, inner)[0];
  if (!field) return null;
  return (
    <Button
      type="text"
      className={styles.quietButton}
      icon={<FilterOutlined />}
      onClick={() => onChange({ ...source, where: groupCondition('all', [compareField(field)]) })}
    >
      {words.addWhere}
    </Button>
  );
}
