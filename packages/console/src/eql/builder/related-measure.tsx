import type { RelatedSource } from '@wutong/contract';
import { useText } from '../../frame/reader.tsx';
import { relatedAt, relatedOf, type Subject } from '../rule/names.ts';
import { relatedSource } from '../rule/new-condition.ts';
import {
  needsField,
  relatedMeasures,
  type RelatedMeasure,
  type RelatedQuestion,
} from '../rule/related-question.ts';
import { useRule } from '../rule-context.ts';
import { Choice } from './choice.tsx';
import { fieldGroups, pathKey } from './name-groups.ts';
import { NameSelect } from './name-select.tsx';

const keyOf = (source: { name: string; via?: string | undefined }): string =>
  source.via === undefined ? source.name : `${source.name} ${source.via}`;

interface QuestionProps {
  question: RelatedQuestion;
  /** The measures to choose from; all of them when it is left out. */
  offered?: readonly RelatedMeasure[];
  onChange: (changed: Partial<RelatedQuestion>) => void;
}

/** Any, all, none, or how much. */
export function RelatedMeasureChoice({ question, offered = relatedMeasures, onChange }: QuestionProps) {
  const { rule: words } = useText();
  const titles: Record<RelatedMeasure, string> = { ...words.relatedMeasure, ...words.quantifier };
  return (
    <Choice
      strong
      label={words.measureLabel}
      value={question.measure}
      options={offered.map((value) => ({ value, label: titles[value] }))}
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

/** The field a measure is of. */
export function RelatedMeasureField({ question, inner, onChange }: QuestionProps & { inner: Subject }) {
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

/** What belongs to the subject, to choose one of. */
export function RelatedSourceSelect({ source, subject, onChange }: SourceSelectProps) {
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
