import { Button } from 'antd';
import { FilterOutlined } from '@ant-design/icons';
import type { RelatedSource } from '@wutong/contract';
import { useText } from '../../frame/reader.tsx';
import { Definition } from '../../parts/page.tsx';
import { groupCondition } from '../rule/groups.ts';
import { fieldsOf, relatedAt, relatedOf, type Subject } from '../rule/names.ts';
import { compareField, relatedSource } from '../rule/new-condition.ts';
import {
  needsField,
  readRelatedQuestion,
  relatedMeasures,
  writeRelatedQuestion,
  writeRelatedValue,
  type RelatedMeasure,
  type RelatedQuestion,
} from '../rule/related-question.ts';
import { typeOf } from '../rule/value-type.ts';
import { useRule } from '../rule-context.ts';
import { Choice } from './choice.tsx';
import { ComparisonPart } from './comparison-part.tsx';
import { InnerConditions } from './inner-conditions.tsx';
import { fieldGroups, pathKey } from './name-groups.ts';
import { NameSelect } from './name-select.tsx';
import type { RowProps } from './row.ts';
import { WindowField } from './window-field.tsx';
import styles from './builder.module.css';

const keyOf = (source: { name: string; via?: string | undefined }): string =>
  source.via === undefined ? source.name : `${source.name} ${source.via}`;

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
      <MeasureChoice question={question} onChange={put} />
      <SourceSelect source={source} subject={subject} onChange={(changed) => put({ source: changed })} />
      {isCompared && <FieldOfMeasure question={question} inner={inner} onChange={put} />}
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
      <WherePart source={source} inner={inner} onChange={(changed) => put({ source: changed })} />
    </>
  );
}

interface WherePartProps {
  source: RelatedSource;
  inner: Subject;
  onChange: (source: RelatedSource) => void;
}

function WherePart({ source, inner, onChange }: WherePartProps) {
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

interface QuestionProps {
  question: RelatedQuestion;
  onChange: (changed: Partial<RelatedQuestion>) => void;
}

function MeasureChoice({ question, onChange }: QuestionProps) {
  const { rule: words } = useText();
  const titles: Record<RelatedMeasure, string> = { ...words.relatedMeasure, ...words.quantifier };
  return (
    <Choice
      strong
      label={words.measureLabel}
      value={question.measure}
      options={relatedMeasures.map((value) => ({ value, label: titles[value] }))}
      onChange={(measure) => {
        const { property, ...rest } = question.source;
        const source = needsField(measure) && property ? { ...rest, property } : rest;
        const begun = { operator: '>=' as const, operands: [{ kind: 'number' as const, value: 1 }] };
        const compared = !['any', 'all', 'none'].includes(measure);
        onChange({ measure, source, comparison: compared ? (question.comparison ?? begun) : undefined });
      }}
    />
  );
}

function FieldOfMeasure({ question, inner, onChange }: QuestionProps & { inner: Subject }) {
  const { rule: words } = useText();
  const { names } = useRule();
  const { measure, source } = question;
  if (!needsField(measure)) return null;
  const numeric = measure === 'sum' || measure === 'avg';
  return (
    <NameSelect
      label={words.pickField}
      placeholder={words.pickField}
      value={source.property && pathKey(source.property)}
      groups={fieldGroups(names, inner, words, ({ type }) => !numeric || type === 'number')}
      onChange={(key) => onChange({ source: { ...source, property: key.split('.') } })}
    />
  );
}

interface SourceSelectProps {
  source: RelatedSource;
  subject: Subject;
  onChange: (source: RelatedSource) => void;
}

function SourceSelect({ source, subject, onChange }: SourceSelectProps) {
  const { rule: words } = useText();
  const { names } = useRule();
  const choices = relatedOf(names, subject);
  const chosen = relatedAt(names, subject, source);
  const options = (kind: 'detail' | 'relation') =>
    choices
      .filter((choice) => choice.kind === kind)
      .map((choice) => ({ value: keyOf(choice), title: choice.title, code: choice.via ?? choice.name }));
  return (
    <NameSelect
      label={words.picks.details}
      value={keyOf(chosen ?? source)}
      groups={[
        { title: words.picks.details, options: options('detail') },
        { title: words.picks.relations, options: options('relation') },
      ]}
      onChange={(key) => {
        const choice = choices.find((each) => keyOf(each) === key);
        if (choice) onChange(relatedSource(choice));
      }}
    />
  );
}
