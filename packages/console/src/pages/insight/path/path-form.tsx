import { Select, Switch } from 'antd';
import { useText } from '../../../frame/reader.tsx';
import { DurationField } from '../question/duration-field.tsx';
import { EventNameField } from '../question/event-name-field.tsx';
import { Field, FieldRow } from '../question/field.tsx';
import { NumberField } from '../question/number-field.tsx';
import { PropertyField } from '../question/property-field.tsx';
import type { QuestionOf } from '../question/question.ts';
import { ScopeFields } from '../question/scope-fields.tsx';
import { ShownEventsField } from '../question/shown-events-field.tsx';
import { ANY_EVENT, propertiesOf, type InsightNames } from '../question/use-insight-names.ts';

type Path = QuestionOf<'path'>;
type Anchor = 'none' | 'start' | 'end';

interface PathFormProps {
  question: Path;
  onChange: (question: Path) => void;
  names: InsightNames;
}

/** From where, how far, and which events count. */
export function PathForm({ question, onChange, names }: PathFormProps) {
  const { insight: words } = useText();
  const { anchor, depth, gapMs, mergeRepeats, splitBy, maximumNodes, events } = question;
  const setAnchor = (kind: Anchor) =>
    onChange({
      ...question,
      anchor:
        kind === 'none' ? undefined : { kind, event: anchor?.event ?? names.events[0]?.name ?? ANY_EVENT },
    });
  return (
    <>
      <Field label={words.anchor}>
        <Select
          aria-label={words.anchor}
          value={anchor?.kind ?? 'none'}
          options={(['none', 'start', 'end'] as const).map((each) => ({
            value: each,
            label: words.anchors[each],
          }))}
          onChange={setAnchor}
        />
        {anchor && (
          <EventNameField
            label={words.event}
            value={anchor.event}
            names={names}
            onChange={(event) => onChange({ ...question, anchor: { ...anchor, event } })}
          />
        )}
      </Field>
      <ShownEventsField
        events={events}
        names={names}
        onChange={(next) => onChange({ ...question, events: next })}
      />
      <FieldRow>
        <NumberField
          label={words.depth}
          value={depth}
          minimum={2}
          maximum={20}
          fallback={5}
          onChange={(next) => onChange({ ...question, depth: next })}
        />
        <NumberField
          label={words.maximumNodes}
          value={maximumNodes}
          minimum={2}
          maximum={30}
          fallback={8}
          onChange={(next) => onChange({ ...question, maximumNodes: next })}
        />
      </FieldRow>
      <Field label={words.sessionGap} definition={words.sessionGapHint}>
        <DurationField
          label={words.sessionGap}
          value={gapMs}
          onChange={(next) => onChange({ ...question, gapMs: next })}
        />
      </Field>
      <Field label={words.splitBy} definition={words.splitByHint}>
        <PropertyField
          label={words.splitBy}
          none={words.noSplit}
          properties={propertiesOf(names, events.length > 0 ? events.map(({ event }) => event) : [ANY_EVENT])}
          value={splitBy}
          onChange={(next) => onChange({ ...question, splitBy: next })}
        />
      </Field>
      <ScopeFields question={question} onChange={onChange} names={names}>
        <label className="spread">
          <span className="soft">{words.mergeRepeats}</span>
          <Switch
            size="small"
            checked={mergeRepeats}
            onChange={(next) => onChange({ ...question, mergeRepeats: next })}
          />
        </label>
      </ScopeFields>
    </>
  );
}
