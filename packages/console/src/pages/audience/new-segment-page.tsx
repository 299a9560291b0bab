import { useMemo } from 'react';
import { App } from 'antd';
import { useNavigate } from 'react-router-dom';
import { audienceApi } from '@wutong/contract';
import { useWrite } from '../../api/use-endpoint.ts';
import { useText } from '../../frame/reader.tsx';
import { Page } from '../../parts/page.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { SegmentForm, type SegmentDraft } from './segment-form.tsx';

/** A new segment. `?text=` brings an expression along, so that any question can become a segment. */
export default function NewSegmentPage() {
  const { audience: words } = useText();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const [text] = useUrlState('text');
  const create = useWrite(audienceApi.createSegment, [audienceApi.listSegments]);
  const draft = useMemo<SegmentDraft>(
    () => ({
      // Chinese names give no short id; the proposal is unique enough and can be changed.
      segmentId: `segment_${Date.now().toString(36)}`,
      name: '',
      description: '',
      folder: '',
      text,
      schedule: { every: 'minutes', minutes: 60 },
    }),
    [text],
  );
  const submit = async (written: SegmentDraft) => {
    const made = await create.mutateAsync({ body: { ...written, kind: 'rule' } });
    void message.success(words.created);
    void navigate(`/audiences/${made.segmentId}`);
  };
  return (
    <Page title={words.new} lead={words.definitionHint} back={{ to: '/audiences', label: words.list }}>
      <SegmentForm
        draft={draft}
        idFixed={false}
        submitLabel={words.create}
        busy={create.isPending}
        error={create.error}
        onSubmit={(written) => void submit(written).catch(() => undefined)}
        onCancel={() => void navigate('/audiences')}
      />
    </Page>
  );
}
