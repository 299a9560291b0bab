import { Form, Input, Select } from 'antd';
import type { Catalogue } from '@wutong/contract';
import { channels } from '../../../api/vocabulary.ts';
import { useReader } from '../../../frame/reader.tsx';
import styles from './mapping.module.css';
import { isSaid, type RecordPlan } from './record-plan.ts';

interface PlanSettingsProps {
  plan: RecordPlan;
  catalogue: Catalogue | undefined;
  onChange: (plan: RecordPlan) => void;
  /** The type decides which fields there are: the columns are suggested anew. */
  onType: (plan: RecordPlan) => void;
}

/** What is said once for all rows: the event's name, the type and its ends, the purpose. */
export function PlanSettings({ plan, catalogue, onChange, onType }: PlanSettingsProps) {
  const { text, language } = useReader();
  const words = text.imports.mapping;
  if (plan.kind === 'person') return null;
  return (
    <Form layout="vertical" component="div" className={styles.settings}>
      {plan.kind === 'event' && !isSaid(plan, 'event') && (
        <Form.Item label={words.eventName} extra={words.eventNameHint}>
          <Input
            className="mono"
            aria-label={words.eventName}
            value={plan.eventName}
            maxLength={100}
            onChange={({ target }) => onChange({ ...plan, eventName: target.value })}
          />
        </Form.Item>
      )}
      {(plan.kind === 'entity' || plan.kind === 'detail' || plan.kind === 'relation') && (
        <TypeSettings plan={plan} catalogue={catalogue} onChange={onChange} onType={onType} />
      )}
      {plan.kind === 'consent' && !isSaid(plan, 'purpose') && (
        <Form.Item label={words.purpose}>
          <Select
            aria-label={words.purpose}
            value={plan.purpose || undefined}
            onChange={(purpose) => onChange({ ...plan, purpose })}
            options={(catalogue?.purposes ?? []).map(({ purpose, title }) => ({
              value: purpose,
              label: title[language],
            }))}
          />
        </Form.Item>
      )}
      {plan.kind === 'consent' && !isSaid(plan, 'channel') && (
        <Form.Item label={words.channel}>
          <Select
            aria-label={words.channel}
            value={plan.channel}
            onChange={(channel) => onChange({ ...plan, channel })}
            options={[
              { value: '*', label: words.allChannels },
              ...channels.map((value) => ({ value, label: text.words.channel[value] })),
            ]}
          />
        </Form.Item>
      )}
    </Form>
  );
}

const NEW_TYPE = '+';

function TypeSettings({ plan, catalogue, onChange, onType }: PlanSettingsProps) {
  const { text, language } = useReader();
  const words = text.imports.mapping;
  const kind = plan.kind as 'entity' | 'detail' | 'relation';
  const declared = {
    entity: catalogue?.entityTypes,
    detail: catalogue?.detailTypes,
    relation: catalogue?.relationTypes,
  }[kind];
  const choose = (name: string) => {
    const blank = { ...plan, typeName: '', typeTitle: { zh: '', en: '' }, typeIsNew: true };
    if (name === NEW_TYPE) return onType(blank);
    const detail = catalogue?.detailTypes.find((each) => each.name === name);
    const relation = catalogue?.relationTypes.find((each) => each.name === name);
    const chosen = declared?.find((each) => each.name === name);
    return onType({
      ...plan,
      typeName: name,
      typeTitle: chosen?.title ?? blank.typeTitle,
      typeIsNew: false,
      owner: kind === 'detail' ? (detail?.owner ?? 'person') : plan.owner,
      from: kind === 'relation' ? (relation?.from ?? plan.from) : plan.from,
      to: kind === 'relation' ? (relation?.to ?? plan.to) : plan.to,
    });
  };
  return (
    <>
      <Form.Item label={words.type[kind]}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          aria-label={words.type[kind]}
          placeholder={words.chooseType}
          value={plan.typeIsNew ? NEW_TYPE : plan.typeName || undefined}
          onChange={choose}
          options={[
            ...(declared ?? []).map(({ name, title }) => ({ value: name, label: title[language] })),
            { value: NEW_TYPE, label: words.newType },
          ]}
        />
      </Form.Item>
      {plan.typeIsNew && <NewType plan={plan} catalogue={catalogue} onChange={onChange} onType={onType} />}
    </>
  );
}

function NewType({ plan, catalogue, onChange, onType }: PlanSettingsProps) {
  const { text, language } = useReader();
  const words = text.imports.mapping;
  const ends = [
    { value: 'person', label: words.person },
    ...(catalogue?.entityTypes ?? []).map(({ name, title }) => ({ value: name, label: title[language] })),
  ];
  const end = (part: 'owner' | 'from' | 'to', label: string) => (
    <Form.Item label={label}>
      <Select
        aria-label={label}
        value={plan[part] || undefined}
        onChange={(value) => onType({ ...plan, [part]: value })}
        options={ends}
      />
    </Form.Item>
  );
  return (
    <>
      <Form.Item label={words.titleZh}>
        <Input
          aria-label={words.titleZh}
          value={plan.typeTitle.zh}
          maxLength={100}
          onChange={({ target }) => {
            // Until somebody writes an English name the Chinese one stands for both.
            const en = plan.typeTitle.en === plan.typeTitle.zh ? target.value : plan.typeTitle.en;
            onChange({ ...plan, typeTitle: { zh: target.value, en } });
          }}
        />
      </Form.Item>
      <Form.Item label={words.titleEn}>
        <Input
          aria-label={words.titleEn}
          value={plan.typeTitle.en}
          maxLength={100}
          onChange={({ target }) =>
            onChange({ ...plan, typeTitle: { zh: plan.typeTitle.zh, en: target.value } })
          }
        />
      </Form.Item>
      <Form.Item label={words.typeName} extra={words.typeNameHint}>
        <Input
          className="mono"
          aria-label={words.typeName}
          value={plan.typeName}
          maxLength={48}
          onChange={({ target }) => onChange({ ...plan, typeName: target.value })}
        />
      </Form.Item>
      {plan.kind === 'detail' && end('owner', words.owner)}
      {plan.kind === 'relation' && end('from', words.fromType)}
      {plan.kind === 'relation' && end('to', words.toType)}
    </>
  );
}
