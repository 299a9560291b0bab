import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { useReader } from '../../frame/reader.tsx';
import { useSupplierNames, useUserNames } from '../../frame/use-names.ts';
import { wordFor } from '../../text/text.ts';
import { addressOf, questionKinds, readQuestion } from '../insight/question/question.ts';
import { factsOf, isRecord, QUESTIONS } from './audit-changes.ts';
import type { AuditRow } from './audit-row.ts';
import styles from './settings.module.css';

/** As much of a hash as tells two apart. */
const HASH_DIGITS = 8;
const HASH = /^[0-9a-f]{64}$/;
/** As many values of a list as one line takes. */
const MOST_VALUES = 6;

/** What an entry says, in words: what was changed from what to what. */
export function AuditDetail({ entry }: { entry: AuditRow }) {
  const { text } = useReader();
  const words = text.audit;
  const valueText = useValueText();
  const facts = factsOf(entry.action, entry.detail, entry.formerly);
  if (facts.length === 0) {
    return <span className="faint">{entry.formerly ? words.nothingChanged : '–'}</span>;
  }
  return (
    <ul className={styles.facts}>
      {facts.map(({ name, value, formerly }) => {
        const last = name.split('.').at(-1) ?? name;
        const question = QUESTIONS.has(last) ? questionAddress(last, value) : undefined;
        if (QUESTIONS.has(last)) {
          return (
            question && (
              <li key={name}>
                <Link to={question}>{words.openQuestion}</Link>
              </li>
            )
          );
        }
        return (
          <li key={name}>
            {name
              .split('.')
              .map((part) => wordFor(words.fields, part))
              .join(' · ')}
            {words.colon}
            {formerly !== undefined && (
              <>
                <s>{valueText(last, formerly)}</s> →{' '}
              </>
            )}
            <b>{valueText(last, value)}</b>
          </li>
        );
      })}
    </ul>
  );
}

/** Where the question that was exported can be asked again. */
function questionAddress(name: string, value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  // People of a number are exported with the question it belongs to.
  const asked = name === 'of' ? value['analysis'] : value;
  const given = name === 'report' ? 'report' : value['kind'];
  const kind = questionKinds.find((each) => each === given);
  const question = kind && readQuestion(kind, JSON.stringify(asked));
  return question && addressOf(question);
}

/** A value of a detail as a person says it. */
function useValueText(): (name: string, value: unknown) => ReactNode {
  const { text, format } = useReader();
  const words = text.audit;
  const userName = useUserNames();
  const supplierName = useSupplierNames();
  const lists: Record<string, Record<string, string> | undefined> = {
    role: text.frame.roles,
    channel: text.words.channel,
    reason: text.words.reason,
    format: text.insight.fileKinds,
    changed: words.fields,
    purpose: words.values,
  };
  const one = (name: string, value: unknown): string => {
    if (typeof value === 'boolean') return value ? text.state.yes : text.state.no;
    if (typeof value === 'number') {
      if (name === 'bytes') return words.bytes(format.integer(Math.ceil(value / 1024)));
      return name.endsWith('Ms') ? format.duration(value) : format.decimal(value);
    }
    if (typeof value === 'string') {
      if (HASH.test(value)) return value.slice(0, HASH_DIGITS);
      if (name === 'supplierId') return supplierName(value);
      if (name === 'user') return userName(value);
      return lists[name]?.[value] ?? (words.values as Record<string, string | undefined>)[value] ?? value;
    }
    if (Array.isArray(value)) {
      const told = value.slice(0, MOST_VALUES).map((each: unknown) => one(name, each));
      const more = value.length > MOST_VALUES ? [words.more(format.integer(value.length))] : [];
      return [...told, ...more].join(text.punctuation.comma) || text.state.none;
    }
    if (isRecord(value)) {
      const share = value['share'];
      const supplierId = value['supplierId'];
      if (typeof supplierId === 'string' && typeof share === 'number') {
        return `${supplierName(supplierId)} ${share}%`;
      }
      return Object.entries(value)
        .map(([each, inner]) => `${wordFor(words.fields, each)} ${one(each, inner)}`)
        .join(' ');
    }
    return text.state.none;
  };
  return one;
}
