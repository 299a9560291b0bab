import type { RelatedSource } from '@wutong/contract';
import { useText } from '../../frame/reader.tsx';
import {
  measuredPath,
  relatedAt,
  relatedOf,
  writtenName,
  type RelatedChoice,
  type Subject,
} from '../rule/names.ts';
import { relatedSource } from '../rule/new-condition.ts';
import {
  needsField,
  relatedMeasures,
  withMeasure,
  type RelatedMeasure,
  type RelatedQuestion,
} from '../rule/related-question.ts';
import { useRule } from '../rule-context.ts';
import { Choice } from './choice.tsx';
import { codeOf, fieldGroups, pathKey } from './name-groups.ts';
import { NameSelect } from './name-select.tsx';

const keyOf = ({ via, ...named }: Pick<RelatedChoice, 'name' | 'via' | 'details'>): string =>
  `${writtenName(named)}${via === undefined ? '' : ` ${via}`}`;

interface QuestionProps {
  question: RelatedQuestion;
  /** What is measured; undefined while its name is not known. */
  choice: RelatedChoice | undefined;
  /** The measures to choose from; all of them when it is left out. */
  offered?: readonly RelatedMeasure[];
  onChange: (changed: Partial<RelatedQuestion>) => void;
}

/** Any, all, none, or how much. */
export function RelatedMeasureChoice({
  question,
  choice,
  offered = relatedMeasures,
  onChange,
}: QuestionProps) {
  const { rule: words } = useText();
  const titles: Record<RelatedMeasure, string> = { ...words.relatedMeasure, ...words.quantifier };
  // Different values are not counted over several ends.
  const possible = offered.filter((measure) => measure !== 'distinct' || choice?.details === undefined);
  return (
    <Choice
      strong
      label={words.measureLabel}
      value={question.measure}
      options={possible.map((value) => ({ value, label: titles[value] }))}
      onChange={(measure) => onChange(withMeasure(question, measure, choice))}
    />
  );
}

/** The field a measure is of. */
export function RelatedMeasureField({
  question,
  choice,
  inner,
  onChange,
}: QuestionProps & { inner: Subject }) {
  const { rule: words } = useText();
  const { names } = useRule();
  const { measure, source } = question;
  if (!needsField(measure)) return null;
  const numeric = measure === 'sum' || measure === 'avg';
  const path = measuredPath(choice, source);
  const before = choice?.details === undefined ? [] : [choice.details];
  return (
    <NameSelect
      label={words.pickField}
      placeholder={words.pickField}
      value={path && pathKey(path)}
      groups={fieldGroups(names, inner, words, ({ type }) => !numeric || type === 'number')}
      onChange={(key) => onChange({ source: { ...source, property: [...before, ...key.split('.')] } })}
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
      .map((choice) => ({ value: keyOf(choice), title: choice.title, code: codeOf(choice) }));
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
