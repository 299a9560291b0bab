import { Select } from 'antd';
import type { AnalysedEvent } from '@wutong/contract';
import { useText } from '../../../frame/reader.tsx';
import { Field } from './field.tsx';
import type { InsightNames } from './use-insight-names.ts';

interface ShownEventsFieldProps {
  events: readonly AnalysedEvent[];
  onChange: (events: AnalysedEvent[]) => void;
  names: InsightNames;
}

/** Which events are looked at: all that were collected, or some. */
export function ShownEventsField({ events, onChange, names }: ShownEventsFieldProps) {
  const { insight: words } = useText();
  return (
    <Field label={words.shownEvents}>
      <Select
        mode="multiple"
        allowClear
        aria-label={words.shownEvents}
        placeholder={words.allCollected}
        value={events.map(({ event }) => event)}
        showSearch={{ optionFilterProp: 'label' }}
        options={names.events.map(({ name, title }) => ({ value: name, label: title }))}
        onChange={(chosen: string[]) =>
          onChange(chosen.map((event) => events.find((each) => each.event === event) ?? { event, where: [] }))
        }
      />
    </Field>
  );
}
