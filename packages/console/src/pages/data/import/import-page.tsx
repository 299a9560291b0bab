import { useEffect, useState } from 'react';
import { Button, Steps } from 'antd';
import { useNavigate } from 'react-router-dom';
import { identityApi, importsApi, ingestApi } from '@wutong/contract';
import { call } from '../../../api/call.ts';
import { ProblemError } from '../../../api/problem-error.ts';
import { useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useCatalogue } from '../../../frame/use-catalogue.ts';
import { FormProblem, ProblemLine } from '../../../parts/form-problem.tsx';
import { Page } from '../../../parts/page.tsx';
import { useWide } from '../../../parts/use-wide.ts';
import { MappingEditor } from '../mapping/mapping-editor.tsx';
import { problemsOf, type RecordPlan } from '../mapping/record-plan.ts';
import { emptyPlan, guessKind, suggestColumns, type SampledColumn } from '../mapping/suggest-plan.ts';
import { ChooseFile } from './choose-file.tsx';
import { FileStep } from './file-step.tsx';
import { keepFile } from './files-at-hand.ts';
import { mappingOf } from './import-mapping.ts';
import {
  headProblemOf,
  previewImport,
  type FileHead,
  type HeadChoice,
  type HeadProblem,
} from './preview-import.ts';
import { UnfinishedRuns } from './unfinished-runs.tsx';
import { SOURCE_ID, StartStep, type StartChoice } from './start-step.tsx';

/** A file with its head, and what was chosen about how to read it. */
interface Chosen {
  file: File;
  choice: HeadChoice;
  head?: FileHead;
  problem?: HeadProblem;
  error?: unknown;
}

const sampledOf = (head: FileHead): SampledColumn[] =>
  head.columns.map(({ name }, index) => ({ name, samples: head.rows.map((row) => row[index] ?? '') }));

/** The wizard: a file, what its columns mean, and the start. Nothing is kept before the last step. */
export default function ImportPage() {
  const { text } = useReader();
  const words = text.imports;
  const navigate = useNavigate();
  const catalogue = useCatalogue();
  const types = useRead(identityApi.listKeyTypes);
  const create = useWrite(importsApi.createImport, [importsApi.listImports]);
  const [failure, setFailure] = useState<unknown>();
  const [step, setStep] = useState(0);
  /** Share of the file that has been sent while it is read. */
  const [reading, setReading] = useState<number>();
  const [chosen, setChosen] = useState<Chosen>();
  const [plan, setPlan] = useState<RecordPlan>();
  const [start, setStart] = useState<StartChoice>({
    title: '',
    sourceId: 'file_import',
    sourceIsNew: true,
    sourceName: text.data.runs.fileSource,
    asOf: null,
  });
  const read = async (file: File, choice: HeadChoice) => {
    setReading(0);
    setPlan(undefined);
    try {
      setChosen({ file, choice, head: await previewImport(file, choice, setReading) });
      if (file !== chosen?.file) setStart({ ...start, title: file.name });
    } catch (error) {
      const problem = headProblemOf(error);
      setChosen({ file, choice, ...(problem ? { problem } : { error }) });
    } finally {
      setReading(undefined);
    }
  };
  const head = chosen?.head;
  const columns = head ? sampledOf(head) : [];
  const toMapping = () => {
    const known = { keyTypes: (types.data?.items ?? []).map(({ type }) => type), catalogue };
    setPlan(plan ?? suggestColumns(emptyPlan(guessKind(columns, known), columns), columns, known));
    setStep(1);
  };
  const run = async () => {
    if (!chosen?.head || !plan) return;
    setFailure(undefined);
    if (start.sourceIsNew) await makeSource(start);
    const mapping = mappingOf(chosen.file, chosen.head, plan, {
      title: start.title,
      sourceId: start.sourceId,
      asOf: start.asOf?.toISOString(),
    });
    const { importId } = await create.mutateAsync({ body: { mapping } });
    keepFile(importId, { file: chosen.file, uploadId: chosen.head.uploadId });
    await navigate(`/data/import/${importId}`);
  };
  const ready = [
    head !== undefined && head.rows.length > 0,
    plan !== undefined && problemsOf(plan).length === 0,
    SOURCE_ID.test(start.sourceId),
  ][step];
  const advance = [toMapping, () => setStep(2), () => void run().catch(setFailure)][step];
  return (
    <Page title={words.title} lead={words.lead} back={{ to: '/data/runs', label: text.data.runs.title }}>
      <StepLine step={step} />
      {step === 0 && !head && <ChooseFile reading={reading} onFile={(file) => void read(file, {})} />}
      {chosen?.problem && (
        <ProblemLine>
          {chosen.file.name}: {words.problem[chosen.problem]}
        </ProblemLine>
      )}
      <FormProblem error={chosen?.error} about={chosen?.file.name} />
      {step === 0 && chosen && <UnfinishedRuns atHand={{ file: chosen.file, uploadId: head?.uploadId }} />}
      {step === 0 && chosen && (head || chosen.problem === 'wrong_encoding') && (
        <FileStep
          file={chosen.file}
          head={head}
          choice={chosen.choice}
          onChoice={(choice) => void read(chosen.file, choice)}
          onOther={() => setChosen(undefined)}
        />
      )}
      {step === 1 && plan && (
        <MappingEditor plan={plan} columns={columns} catalogue={catalogue} onChange={setPlan} />
      )}
      {step === 2 && plan && <StartStep plan={plan} choice={start} onChange={setStart} />}
      {step === 2 && (
        <FormProblem
          error={failure}
          because={create.error?.problem.problems
            ?.map(({ path, message }) => `${path}: ${message}`)
            .join('; ')}
        />
      )}
      {head && (
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          {step > 0 && <Button onClick={() => setStep(step - 1)}>{words.previous}</Button>}
          <Button
            type="primary"
            disabled={!ready || types.isPending}
            loading={create.isPending}
            onClick={advance}
          >
            {step === 2 ? words.start.button : words.next}
          </Button>
        </div>
      )}
    </Page>
  );
}

/** Makes the new source; one that is there already is as good. */
async function makeSource({ sourceId, sourceName }: StartChoice): Promise<void> {
  try {
    await call(ingestApi.createSource, { body: { sourceId, name: sourceName.trim() || sourceId } });
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'source_exists') throw error;
  }
}

/** Where the wizard stands: all steps on a desk, the present one on a phone. */
function StepLine({ step }: { step: number }) {
  const { text, format } = useReader();
  const { steps, stepOf } = text.imports;
  const titles = [steps.file, steps.mapping, steps.start];
  const wide = useWide();
  useEffect(() => {
    window.scrollTo({ top: 0 });
  }, [step]);
  if (wide) return <Steps current={step} size="small" items={titles.map((title) => ({ title }))} />;
  return (
    <p className="soft">
      {stepOf(format.integer(step + 1), format.integer(titles.length))} · <b>{titles[step]}</b>
    </p>
  );
}
