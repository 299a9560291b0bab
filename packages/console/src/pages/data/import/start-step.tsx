import { DatePicker, Form, Input, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { ingestApi } from '@wutong/contract';
import { useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { Facts } from '../../../parts/facts.tsx';
import { Panel } from '../../../parts/page.tsx';
import { useKeyTitles } from '../../identity/use-key-titles.ts';
import { fieldsOf, type RecordPlan } from '../mapping/record-plan.ts';
import styles from './import.module.css';

export interface StartChoice {
  title: string;
  sourceId: string;
  sourceIsNew: boolean;
  /** Name of a new source. */
  sourceName: string;
  asOf: Dayjs | null;
}

interface StartStepProps {
  plan: RecordPlan;
  choice: StartChoice;
  onChange: (choice: StartChoice) => void;
}

export const SOURCE_ID = /^[a-z][a-z0-9_]{0,62}$/;
const NEW_SOURCE = '+';

/** What will happen, where it is booked, and when the file was true. */
export function StartStep({ plan, choice, onChange }: StartStepProps) {
  const { text, format, language } = useReader();
  const words = text.imports.start;
  const titleOf = useKeyTitles();
  const sources = useRead(ingestApi.listSources);
  const comma = text.punctuation.comma;
  const fields = fieldsOf(plan);
  const fresh = fields.filter(({ isNew }) => isNew).length;
  const declares = fresh > 0 && plan.kind !== 'event' && plan.kind !== 'consent';
  const keys = plan.columns.flatMap(({ use }) => (use.as === 'key' ? [titleOf(use.keyType)] : []));
  const ignored = plan.columns.filter(({ use }) => use.as === 'ignore').map(({ column }) => column);
  const wrongId = choice.sourceIsNew && choice.sourceId !== '' && !SOURCE_ID.test(choice.sourceId);
  return (
    <div className={styles.columns}>
      <Panel title={words.title}>
        <Facts
          facts={[
            [text.imports.mapping.kind, text.imports.mapping.kinds[plan.kind].label],
            plan.typeTitle[language] !== '' && [text.imports.mapping.type.entity, plan.typeTitle[language]],
            plan.kind === 'event' &&
              plan.eventName !== '' && [text.imports.mapping.eventName, plan.eventName],
            keys.length > 0 && [words.keys, keys.join(comma)],
            fields.length > 0 && [
              words.fields,
              fields.map(({ title, name }) => title[language] || name).join(comma),
            ],
            declares && ['', words.newOnes(format.integer(fresh))],
            ignored.length > 0 && [words.ignored, ignored.join(comma)],
          ]}
        />
      </Panel>
      <Panel>
        <Form layout="vertical" component="div">
          <Form.Item label={words.name}>
            <Input
              aria-label={words.name}
              value={choice.title}
              maxLength={200}
              onChange={({ target }) => onChange({ ...choice, title: target.value })}
            />
          </Form.Item>
          <Form.Item label={words.source} extra={words.sourceHint}>
            <Select
              aria-label={words.source}
              value={choice.sourceIsNew ? NEW_SOURCE : choice.sourceId}
              onChange={(value) =>
                onChange({
                  ...choice,
                  sourceIsNew: value === NEW_SOURCE,
                  sourceId: value === NEW_SOURCE ? 'file_import' : value,
                })
              }
              options={[
                { value: NEW_SOURCE, label: words.newSource },
                ...(sources.data?.items ?? []).map(({ sourceId, name }) => ({
                  value: sourceId,
                  label: name,
                })),
              ]}
            />
          </Form.Item>
          {choice.sourceIsNew && (
            <Form.Item label={words.newSourceName}>
              <Input
                aria-label={words.newSourceName}
                value={choice.sourceName}
                maxLength={200}
                onChange={({ target }) => onChange({ ...choice, sourceName: target.value })}
              />
            </Form.Item>
          )}
          {choice.sourceIsNew && (
            <Form.Item
              label={words.newSourceId}
              validateStatus={wrongId ? 'error' : undefined}
              help={wrongId ? words.newSourceWrong : undefined}
            >
              <Input
                className="mono"
                aria-label={words.newSourceId}
                value={choice.sourceId}
                onChange={({ target }) => onChange({ ...choice, sourceId: target.value })}
              />
            </Form.Item>
          )}
          {plan.kind !== 'event' && (
            <Form.Item label={words.asOf} extra={words.asOfHint}>
              <DatePicker
                showTime
                aria-label={words.asOf}
                value={choice.asOf}
                onChange={(asOf) => onChange({ ...choice, asOf })}
                style={{ width: '100%' }}
              />
            </Form.Item>
          )}
        </Form>
        <p className="faint">{words.again}</p>
      </Panel>
    </div>
  );
}
