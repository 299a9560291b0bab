import { useMemo } from 'react';
import { App } from 'antd';
import { useNavigate } from 'react-router-dom';
import { audienceApi } from '@wutong/contract';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useText } from '../../../frame/reader.tsx';
import { Page } from '../../../parts/page.tsx';
import { Loading } from '../../../parts/states.tsx';
import { useUrlState } from '../../../parts/url-state.ts';
import { useInsightNames, type InsightNames } from '../../insight/question/use-insight-names.ts';
import { suggestedFeatures } from './features.ts';
import { LookalikeForm, type LookalikeDraft } from './lookalike-form.tsx';

const FIRST_SIZE = 1_000;

/** A new lookalike. `?seed=` brings the segment that is resembled. */
export default function NewLookalikePage() {
  const { audience: words } = useText();
  const { settled, ...names } = useInsightNames();
  return (
    <Page
      title={words.lookalike.new}
      lead={words.lookalike.lead}
      back={{ to: '/audiences', label: words.list }}
    >
      {settled ? <NewLookalike names={names} /> : <Loading rows={8} />}
    </Page>
  );
}

function NewLookalike({ names }: { names: InsightNames }) {
  const { audience: words } = useText();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const [seed] = useUrlState('seed');
  const create = useWrite(audienceApi.createSegment, [audienceApi.listSegments]);
  const seedName = names.segments.find(({ segmentId }) => segmentId === seed)?.name;
  // Names are renewed now and then; that must not change what is being written.
  const draft = useMemo<LookalikeDraft>(
    () => ({
      segmentId: `lookalike_${Date.now().toString(36)}`,
      name: seedName ? words.lookalike.nameOf(seedName) : '',
      description: '',
      folder: '',
      schedule: { every: 'day', at: '06:00' },
      lookalike: { seed, features: suggestedFeatures(names), size: FIRST_SIZE },
    }),
    [seed],
  );
  const submit = async (written: LookalikeDraft) => {
    const made = await create.mutateAsync({ body: { ...written, kind: 'lookalike' } });
    void message.success(words.created);
    void navigate(`/audiences/${made.segmentId}`);
  };
  return (
    <LookalikeForm
      draft={draft}
      names={names}
      idFixed={false}
      submitLabel={words.create}
      busy={create.isPending}
      error={create.error}
      onSubmit={(written) => void submit(written).catch(() => undefined)}
      onCancel={() => void navigate('/audiences')}
    />
  );
}
