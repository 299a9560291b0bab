import { useMemo, useState } from 'react';
import { App, Button, Form, Select, Skeleton } from 'antd';
import { importsApi, type Catalogue, type MappingInput } from '@wutong/contract';
import { useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { useCatalogue } from '../../../frame/use-catalogue.ts';
import { FormDialog } from '../../../parts/form-dialog.tsx';
import { ProblemLine } from '../../../parts/form-problem.tsx';
import { MappingEditor } from '../mapping/mapping-editor.tsx';
import { planOfRecord } from '../mapping/plan-of-record.ts';
import { problemsOf, type RecordPlan } from '../mapping/record-plan.ts';
import {
  correctedMapping,
  placeName,
  placesOf,
  sampledOf,
  type EditedPlans,
  type RecordPlace,
} from './corrected-mapping.ts';
import { LockedParts } from './locked-parts.tsx';
import { useRefusals } from './use-refusals.ts';

/** Corrects the mapping by which the rejected rows of an import are replayed. */
export function CorrectMapping({ importId }: { importId: string }) {
  const { text } = useReader();
  const [open, setOpen] = useState(false);
  const may = useMay(importsApi.correctImportMapping);
  if (!may) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{text.imports.run.correct}</Button>
      {open && <MappingDialog importId={importId} onClose={() => setOpen(false)} />}
    </>
  );
}

const WIDTH_PX = 1_080;

/** The wizard's form with the mapping as it is; what makes rows the ones they are is shown and stays. */
function MappingDialog({ importId, onClose }: { importId: string; onClose: () => void }) {
  const { text } = useReader();
  const words = text.imports.run.correction;
  const { message } = App.useApp();
  const catalogue = useCatalogue();
  const read = useRead(importsApi.readImportMapping, { params: { importId } });
  const write = useWrite(importsApi.correctImportMapping, [
    importsApi.readImport,
    importsApi.readImportMapping,
  ]);
  const [edited, setEdited] = useState<EditedPlans>({});
  const plans = Object.values(edited);
  const send = async (body: MappingInput) => {
    await write.mutateAsync({ params: { importId }, body: { mapping: body } });
    void message.success(words.done);
    onClose();
  };
  const refusals = useRefusals();
  const refusalsOf = (plan: RecordPlan) => refusals(write.error, write.variables?.body.mapping, plan);
  const isShown = plans.some((plan) => refusalsOf(plan).size > 0);
  return (
    <FormDialog
      title={text.imports.run.correct}
      okText={words.save}
      width={WIDTH_PX}
      busy={write.isPending}
      error={read.error ?? (isShown ? undefined : write.error)}
      isReady={plans.length > 0 && plans.every((plan) => problemsOf(plan).length === 0)}
      lead={
        <p className="soft" style={{ marginBottom: 12 }}>
          {words.lead}
        </p>
      }
      onSend={async () => read.data && send(correctedMapping(read.data.mapping, edited))}
      onClose={onClose}
    >
      {read.data && catalogue ? (
        <Records
          found={read.data}
          catalogue={catalogue}
          edited={edited}
          refusalsOf={refusalsOf}
          onChange={(changed) => {
            write.reset();
            setEdited(changed);
          }}
        />
      ) : (
        !read.error && <Skeleton active />
      )}
      {isShown && <ProblemLine>{words.refused.see}</ProblemLine>}
    </FormDialog>
  );
}

interface RecordsProps {
  found: importsApi.MappingToCorrect;
  catalogue: Catalogue;
  edited: EditedPlans;
  refusalsOf: (plan: RecordPlan) => ReadonlyMap<string, string>;
  onChange: (edited: EditedPlans) => void;
}

/** The records of the mapping, one at a time. */
function Records({ found, catalogue, edited, refusalsOf, onChange }: RecordsProps) {
  const { text, format, language } = useReader();
  const words = text.imports.run.correction;
  const { mapping, files } = found;
  const places = placesOf(mapping);
  const [chosen, setChosen] = useState(placeName(places[0]!));
  const place = places.find((each) => placeName(each) === chosen)!;
  const { columns, plan } = useMemo(() => {
    const sampled = sampledOf(files[place.file]!);
    const record = mapping.files[place.file]!.records[place.record]!;
    return { columns: sampled, plan: planOfRecord(record, sampled, catalogue) };
  }, [files, mapping, place, catalogue]);
  const shown = edited[chosen] ?? plan;
  const examples = files[place.file]!.rows.length;
  const nameOf = ({ file, record }: RecordPlace): string => {
    const { file: name, records } = mapping.files[file]!;
    const { typeTitle } = planOfRecord(records[record]!, [], catalogue);
    const kind = text.imports.mapping.kinds[records[record]!.record].label;
    return [name, kind, typeTitle[language]].filter((each) => each !== '').join(' · ');
  };
  return (
    <div className="stack">
      {places.length > 1 && (
        <Form.Item label={words.record} style={{ marginBottom: 0 }}>
          <Select
            aria-label={words.record}
            value={chosen}
            onChange={setChosen}
            options={places.map((each) => ({ value: placeName(each), label: nameOf(each) }))}
          />
        </Form.Item>
      )}
      <LockedParts mapping={mapping} place={place} />
      <p className="faint">{examples > 0 ? words.examples(format.integer(examples)) : words.noExamples}</p>
      <MappingEditor
        plan={shown}
        columns={columns}
        catalogue={catalogue}
        fixedKind={words.kindFixed}
        refusals={refusalsOf(shown)}
        onChange={(changed) => onChange({ ...edited, [chosen]: changed })}
      />
    </div>
  );
}
