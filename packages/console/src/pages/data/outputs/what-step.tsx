import { Form, Radio, Select } from 'antd';
import { audienceApi, ingestApi } from '@wutong/contract';
import { useRead } from '../../../api/use-endpoint.ts';
import { useEventTitles } from '../../../frame/use-event-titles.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { ChoiceCards } from '../../../parts/choice-cards.tsx';
import { Panel } from '../../../parts/page.tsx';
import { subjects, type OutputDraft } from './output-draft.ts';

interface StepProps {
  draft: OutputDraft;
  onChange: (draft: OutputDraft) => void;
}

/** What leaves, and whether what is already there goes along. */
export function WhatStep({ draft, onChange }: StepProps) {
  const { text } = useReader();
  const words = text.outputs;
  return (
    <Panel title={words.steps.what}>
      <ChoiceCards
        label={words.what}
        value={draft.subject}
        onChange={(subject) => onChange({ ...draft, subject })}
        choices={subjects.map((value) => ({ value, ...words.subjects[value] }))}
      />
      <Form layout="vertical" component="div" style={{ marginTop: 18 }}>
        {draft.subject === 'events' && <EventsField draft={draft} onChange={onChange} />}
        {draft.subject === 'memberships' && <SegmentsField draft={draft} onChange={onChange} />}
        {draft.subject !== 'portraits' && (
          <Form.Item label={words.startAt}>
            <Radio.Group
              value={draft.startAt}
              onChange={({ target }) =>
                onChange({ ...draft, startAt: target.value as OutputDraft['startAt'] })
              }
              options={(['now', 'beginning'] as const).map((value) => ({
                value,
                label: words.startAts[value],
              }))}
            />
          </Form.Item>
        )}
      </Form>
    </Panel>
  );
}

function EventsField({ draft, onChange }: StepProps) {
  const { outputs: words } = useReader().text;
  const titles = useEventTitles();
  const plan = useRead(
    ingestApi.listTrackingPlan,
    { query: {} },
    { enabled: useMay(ingestApi.listTrackingPlan) },
  );
  return (
    <Form.Item label={words.events}>
      <Select
        mode="multiple"
        aria-label={words.events}
        placeholder={words.allEvents}
        value={draft.events}
        onChange={(events) => onChange({ ...draft, events })}
        options={(plan.data?.items ?? []).map(({ event }) => ({
          value: event,
          label: `${titles.event(event)} (${event})`,
        }))}
      />
    </Form.Item>
  );
}

function SegmentsField({ draft, onChange }: StepProps) {
  const { outputs: words } = useReader().text;
  const segments = useRead(
    audienceApi.listSegments,
    { query: { limit: 200 } },
    { enabled: useMay(audienceApi.listSegments) },
  );
  return (
    <Form.Item
      label={words.segments}
      validateStatus={draft.segmentIds.length === 0 ? 'warning' : undefined}
      help={draft.segmentIds.length === 0 ? words.segmentsMissing : undefined}
    >
      <Select
        mode="multiple"
        showSearch={{ optionFilterProp: 'label' }}
        aria-label={words.segments}
        value={draft.segmentIds}
        onChange={(segmentIds) => onChange({ ...draft, segmentIds })}
        options={(segments.data?.items ?? []).map(({ segmentId, name }) => ({
          value: segmentId,
          label: name,
        }))}
      />
    </Form.Item>
  );
}
