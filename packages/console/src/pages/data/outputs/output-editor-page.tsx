import { useEffect, useState } from 'react';
import { App, Button, Modal, Steps, Typography } from 'antd';
import { useNavigate, useParams } from 'react-router-dom';
import { outputsApi } from '@wutong/contract';
import { useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { Page } from '../../../parts/page.tsx';
import { Answer } from '../../../parts/states.tsx';
import { useWide } from '../../../parts/use-wide.ts';
import { kafkaSecretsOf } from '../kafka/kafka-draft.ts';
import { TrialFailure } from '../kafka/trial-failure.tsx';
import { ColumnsStep } from './columns-step.tsx';
import {
  destinationOf,
  isStepComplete,
  newOutputDraft,
  outputDraftOf,
  scheduleOfDraft,
  selectionOf,
  steps,
  type OutputDraft,
  type Step,
} from './output-draft.ts';
import { WhatStep } from './what-step.tsx';
import { WhenStep } from './when-step.tsx';
import { WhereStep } from './where-step.tsx';

type Output = outputsApi.Output;

/** The form in steps: what leaves, where to, which columns, when. What leaves cannot change later. */
export default function OutputEditorPage() {
  const { outputId } = useParams();
  const { text } = useReader();
  const words = text.outputs;
  const output = useRead(
    outputsApi.readOutput,
    { params: { outputId: outputId ?? '' } },
    { enabled: outputId !== undefined },
  );
  const name = output.data?.name ?? outputId;
  return (
    <Page
      title={name ?? words.create}
      back={{
        to: outputId === undefined ? '/data/outputs' : `/data/outputs/${outputId}`,
        label: name ?? words.title,
      }}
    >
      {outputId === undefined ? (
        <Editor stored={undefined} />
      ) : (
        <Answer query={output}>{(data) => <Editor key={data.outputId} stored={data} />}</Answer>
      )}
    </Page>
  );
}

function Editor({ stored }: { stored: Output | undefined }) {
  const { text } = useReader();
  const words = text.outputs;
  const shown: readonly Step[] = stored ? ['where', 'when'] : steps;
  const [draft, setDraft] = useState<OutputDraft>(() => (stored ? outputDraftOf(stored) : newOutputDraft));
  const [place, setPlace] = useState(0);
  const step = shown[place]!;
  const ready = isStepComplete(step, draft);
  const isLast = place === shown.length - 1;
  return (
    <>
      <StepLine shown={shown} place={place} />
      {step === 'what' && <WhatStep draft={draft} onChange={setDraft} />}
      {step === 'where' && <WhereStep draft={draft} stored={stored} onChange={setDraft} />}
      {step === 'columns' && <ColumnsStep draft={draft} onChange={setDraft} />}
      {step === 'when' && <WhenStep draft={draft} isNew={!stored} onChange={setDraft} />}
      <div className="row" style={{ justifyContent: 'flex-end', marginTop: 4 }}>
        {!ready && <span className="faint">{words.incomplete}</span>}
        {place > 0 && <Button onClick={() => setPlace(place - 1)}>{words.previous}</Button>}
        {!isLast && (
          <Button type="primary" disabled={!ready} onClick={() => setPlace(place + 1)}>
            {words.nextStep}
          </Button>
        )}
        {isLast && <SaveButton stored={stored} draft={draft} ready={ready} />}
      </div>
    </>
  );
}

interface SaveButtonProps {
  stored: Output | undefined;
  draft: OutputDraft;
  ready: boolean;
}

function SaveButton({ stored, draft, ready }: SaveButtonProps) {
  const { text } = useReader();
  const words = text.outputs;
  const { message } = App.useApp();
  const navigate = useNavigate();
  const refreshes = [outputsApi.listOutputs, outputsApi.readOutput];
  const create = useWrite(outputsApi.createOutput, refreshes);
  const update = useWrite(outputsApi.updateOutput, refreshes);
  const { outputId } = draft;
  const toPage = () => void navigate(`/data/outputs/${outputId}`);
  const common = {
    name: draft.name.trim(),
    destination: destinationOf(draft),
    schedule: scheduleOfDraft(draft),
    secrets: draft.kind === 'kafka' ? kafkaSecretsOf(draft.kafka) : {},
  };
  const save = async () => {
    if (stored) {
      await update.mutateAsync({ params: { outputId }, body: common });
    } else {
      const made = await create.mutateAsync({
        body: { outputId, selection: selectionOf(draft), openPersonalData: draft.open, ...common },
      });
      // The secret is shown once: the page waits until it was taken.
      if (made.signingSecret !== undefined) return;
    }
    void message.success(words.saved);
    toPage();
  };
  const error = create.error ?? update.error;
  return (
    <>
      <Button
        type="primary"
        disabled={!ready}
        loading={create.isPending || update.isPending}
        onClick={() => void save().catch(() => undefined)}
      >
        {stored ? words.save : words.saveAndStart}
      </Button>
      {error && (
        <div style={{ flexBasis: '100%' }}>
          <TrialFailure error={error} />
        </div>
      )}
      {create.data?.signingSecret !== undefined && (
        <Modal
          open
          title={words.signing}
          closable={false}
          maskClosable={false}
          keyboard={false}
          footer={
            <Button type="primary" onClick={toPage}>
              {words.signingDone}
            </Button>
          }
        >
          <p className="soft">{words.signingHint}</p>
          <Typography.Text copyable className="mono" style={{ overflowWrap: 'anywhere' }}>
            {create.data.signingSecret}
          </Typography.Text>
        </Modal>
      )}
    </>
  );
}

/** Where the form stands: all steps on a desk, the present one on a phone. */
function StepLine({ shown, place }: { shown: readonly Step[]; place: number }) {
  const { text, format } = useReader();
  const words = text.outputs;
  const wide = useWide();
  useEffect(() => {
    window.scrollTo({ top: 0 });
  }, [place]);
  if (wide)
    return <Steps current={place} size="small" items={shown.map((each) => ({ title: words.steps[each] }))} />;
  return (
    <p className="soft">
      {words.stepOf(format.integer(place + 1), format.integer(shown.length))} ·{' '}
      <b>{words.steps[shown[place]!]}</b>
    </p>
  );
}
