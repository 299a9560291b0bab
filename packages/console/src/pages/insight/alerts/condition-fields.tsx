import { Form, InputNumber, Segmented, Select } from 'antd';
import type { AlertInput } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { PeriodField } from '../question/period-field.tsx';
import { conditionOf, historyDays, withCondition } from './alert-draft.ts';
import styles from './alerts.module.css';

const kinds = ['threshold', 'change', 'anomaly'] as const;
const units = ['hour', 'day', 'week', 'month'] as const;
/** Robust standard deviations: the fewer, the more often an alert is raised. */
const sensitivities = { high: 2.5, medium: 3.5, low: 5 } as const;
type Sensitivity = keyof typeof sensitivities;

interface ConditionFieldsProps {
  draft: AlertInput;
  onChange: (draft: AlertInput) => void;
}

/** When the alert is raised: over a level, by a change, or when the number is unusual. */
export function ConditionFields({ draft, onChange }: ConditionFieldsProps) {
  const { alerts: words } = useReader().text;
  const { condition, analysis } = draft;
  return (
    <>
      <Form.Item label={words.condition} help={words.kindHints[condition.kind]}>
        <Segmented
          aria-label={words.condition}
          value={condition.kind}
          options={kinds.map((kind) => ({ value: kind, label: words.kinds[kind] }))}
          onChange={(kind) => onChange(withCondition(draft, conditionOf(kind)))}
        />
      </Form.Item>
      <div className={styles.line}>
        {condition.kind === 'anomaly' ? (
          <UnitChoice draft={draft} onChange={onChange} />
        ) : (
          <PeriodField
            relativeOnly
            value={analysis.period}
            onChange={(period) => onChange({ ...draft, analysis: { ...analysis, period } })}
          />
        )}
        <Values draft={draft} onChange={onChange} />
      </div>
    </>
  );
}

function UnitChoice({ draft, onChange }: ConditionFieldsProps) {
  const { text } = useReader();
  const { analysis } = draft;
  return (
    <Select
      aria-label={text.insight.bucket}
      value={analysis.unit ?? 'day'}
      options={units.map((unit) => ({ value: unit, label: text.alerts.lastWhole(text.insight.units[unit]) }))}
      onChange={(unit) =>
        onChange({ ...draft, analysis: { ...analysis, unit, period: { lastDays: historyDays[unit] } } })
      }
    />
  );
}

function Values({ draft, onChange }: ConditionFieldsProps) {
  const { alerts: words } = useReader().text;
  const { condition } = draft;
  if (condition.kind === 'threshold') {
    return (
      <>
        <Select
          aria-label={words.direction}
          value={condition.direction}
          options={(['above', 'below'] as const).map((each) => ({
            value: each,
            label: words.directions[each],
          }))}
          onChange={(direction) => onChange({ ...draft, condition: { ...condition, direction } })}
        />
        <InputNumber
          aria-label={words.level}
          style={{ width: '100%' }}
          value={condition.value}
          onChange={(value) => onChange({ ...draft, condition: { ...condition, value: value ?? 0 } })}
        />
      </>
    );
  }
  const direction = (
    <Select
      aria-label={words.direction}
      value={condition.direction ?? 'either'}
      options={(['rise', 'fall', 'either'] as const).map((each) => ({
        value: each,
        label: words.directions[each],
      }))}
      onChange={(next) => onChange({ ...draft, condition: { ...condition, direction: next } })}
    />
  );
  if (condition.kind === 'change') {
    return (
      <>
        {direction}
        <InputNumber
          aria-label={words.percent}
          style={{ width: '100%' }}
          suffix="%"
          min={0.1}
          max={100_000}
          value={condition.percent}
          onChange={(percent) => onChange({ ...draft, condition: { ...condition, percent: percent ?? 30 } })}
        />
      </>
    );
  }
  return (
    <>
      {direction}
      <Select
        aria-label={words.sensitivity}
        value={condition.sensitivity ?? sensitivities.medium}
        options={[
          ...(Object.keys(sensitivities) as Sensitivity[]).map((each) => ({
            value: sensitivities[each] as number,
            label: words.sensitivities[each],
          })),
          ...(Object.values(sensitivities).some((each) => each === (condition.sensitivity ?? 3.5))
            ? []
            : [
                {
                  value: condition.sensitivity ?? 3.5,
                  label: words.ownSensitivity(String(condition.sensitivity)),
                },
              ]),
        ]}
        onChange={(sensitivity) => onChange({ ...draft, condition: { ...condition, sensitivity } })}
      />
    </>
  );
}
