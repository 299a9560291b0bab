import { useState } from 'react';
import { App, Button, Form, Input, Modal, Select, Switch } from 'antd';
import { alertInputSchema, insightApi, type Alert, type AlertInput, type Measure } from '@wutong/contract';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { EventField } from '../question/event-field.tsx';
import { MeasureField } from '../question/measure-field.tsx';
import { PeopleField } from '../question/people-field.tsx';
import { propertiesOf, type InsightNames } from '../question/use-insight-names.ts';
import { EnterSubmits } from '../../../parts/enter-submits.tsx';
import { FormProblem } from '../../../parts/form-problem.tsx';
import { useReturnFocus } from '../../../parts/use-return-focus.ts';
import { ConditionFields } from './condition-fields.tsx';
import { inputOf, newAlert } from './alert-draft.ts';
import { TargetRows } from './target-rows.tsx';
import styles from './alerts.module.css';

const plainMeasures: readonly Measure['kind'][] = ['count', 'people', 'perPerson'];
const propertyMeasures: readonly Measure['kind'][] = [
  'sum',
  'avg',
  'median',
  'p90',
  'min',
  'max',
  'distinct',
];
const rhythms = [5, 15, 30, 60, 360, 1_440] as const;

interface AlertEditorProps {
  /** Absent: a new one. */
  alert: Alert | undefined;
  names: InsightNames;
  onClose: () => void;
}

/** Writes an alert: what is watched, when it is raised, how often it is looked at, who is told. */
export function AlertEditor({ alert, names, onClose }: AlertEditorProps) {
  useReturnFocus();
  const { text, language } = useReader();
  const words = text.alerts;
  const { message } = App.useApp();
  const mayNotify = useMay(insightApi.testAlert);
  const [draft, setDraft] = useState<AlertInput>(() => (alert ? inputOf(alert) : newAlert(names, language)));
  const write = useAlertWrite(alert?.alertId);
  const valid = alertInputSchema.safeParse({ ...draft, name: draft.name.trim() }).success;
  const submit = async () => {
    await write.perform({ ...draft, name: draft.name.trim() });
    void message.success(words.saved);
    onClose();
  };
  const send = () => void submit().catch(() => undefined);
  return (
    <Modal
      open
      width={680}
      title={alert ? words.edit : words.new}
      footer={
        <>
          <Button onClick={onClose}>{text.state.cancel}</Button>
          <Button type="primary" disabled={!valid} loading={write.busy} onClick={send}>
            {text.state.save}
          </Button>
        </>
      }
      onCancel={onClose}
    >
      <Form layout="vertical" className={styles.editor} onFinish={() => valid && send()}>
        <Form.Item label={words.name}>
          <Input
            autoFocus
            aria-label={words.name}
            maxLength={200}
            placeholder={words.namePlaceholder}
            value={draft.name}
            onChange={(event) => setDraft({ ...draft, name: event.target.value })}
          />
        </Form.Item>
        <Watched draft={draft} names={names} onChange={setDraft} />
        <ConditionFields draft={draft} onChange={setDraft} />
        <Form.Item label={words.rhythm}>
          <Select
            aria-label={words.rhythm}
            style={{ width: 180 }}
            value={draft.everyMinutes ?? 60}
            options={[...new Set([...rhythms, draft.everyMinutes ?? 60])]
              .toSorted((left, right) => left - right)
              .map((minutes) => ({ value: minutes as number, label: words.every(minutes) }))}
            onChange={(everyMinutes) => setDraft({ ...draft, everyMinutes })}
          />
        </Form.Item>
        {mayNotify && (
          <Form.Item label={words.targets} tooltip={words.targetsHint}>
            <TargetRows targets={draft.notify ?? []} onChange={(notify) => setDraft({ ...draft, notify })} />
          </Form.Item>
        )}
        {(draft.notify?.length ?? 0) > 0 && (
          <div className={styles.line}>
            <label className="row">
              <Switch
                size="small"
                checked={draft.notifyCleared}
                onChange={(notifyCleared) => setDraft({ ...draft, notifyCleared })}
              />
              {words.notifyCleared}
            </label>
            <Select
              aria-label={words.language}
              value={draft.language}
              options={[
                { value: 'zh' as const, label: '中文' },
                { value: 'en' as const, label: 'English' },
              ]}
              onChange={(chosen) => setDraft({ ...draft, language: chosen })}
            />
          </div>
        )}
        <FormProblem error={write.error} />
        <EnterSubmits />
      </Form>
    </Modal>
  );
}

interface WatchedProps {
  draft: AlertInput;
  names: InsightNames;
  onChange: (draft: AlertInput) => void;
}

/** The one number that is watched. */
function Watched({ draft, names, onChange }: WatchedProps) {
  const { text } = useReader();
  const words = text.alerts;
  const { analysis } = draft;
  const [series] = analysis.series;
  if (!series) return null;
  const change = (next: typeof series) => onChange({ ...draft, analysis: { ...analysis, series: [next] } });
  const where = series.where ?? [];
  const measure = series.measure ?? { kind: 'count' };
  return (
    <div className={styles.pair}>
      <Form.Item label={words.watched}>
        <EventField
          label={words.watched}
          value={{ ...series, where, measure }}
          names={names}
          any
          onChange={change}
        >
          <MeasureField<Measure>
            value={measure}
            properties={propertiesOf(names, [series.event])}
            plain={plainMeasures}
            ofProperty={propertyMeasures}
            onChange={(next) => change({ ...series, measure: next })}
          />
        </EventField>
      </Form.Item>
      <Form.Item label={text.insight.people}>
        <PeopleField
          label={text.insight.people}
          value={analysis.people}
          names={names}
          onChange={(people) => onChange({ ...draft, analysis: { ...analysis, people } })}
        />
      </Form.Item>
    </div>
  );
}

function useAlertWrite(alertId: string | undefined) {
  const refreshes = [insightApi.listAlerts, insightApi.listAlertChecks];
  const create = useWrite(insightApi.createAlert, refreshes);
  const save = useWrite(insightApi.saveAlert, refreshes);
  return {
    perform: (body: AlertInput) =>
      alertId === undefined ? create.mutateAsync({ body }) : save.mutateAsync({ params: { alertId }, body }),
    busy: create.isPending || save.isPending,
    error: create.error ?? save.error,
  };
}
