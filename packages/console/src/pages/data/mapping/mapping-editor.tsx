import { Button } from 'antd';
import { identityApi, type Catalogue } from '@wutong/contract';
import { useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { ChoiceCards } from '../../../parts/choice-cards.tsx';
import { Panel } from '../../../parts/page.tsx';
import { ColumnTable } from './column-table.tsx';
import { ExampleRow } from './example-row.tsx';
import styles from './mapping.module.css';
import { KeptParts } from './kept-parts.tsx';
import { PlanSettings } from './plan-settings.tsx';
import { recordKinds, type RecordKind, type RecordPlan } from './record-plan.ts';
import { emptyPlan, suggestColumns, type SampledColumn } from './suggest-plan.ts';
import { usePlanProblems } from './use-plan-problems.ts';

interface MappingEditorProps {
  plan: RecordPlan;
  columns: readonly SampledColumn[];
  catalogue: Catalogue | undefined;
  /** Why the kind of record cannot be changed; without it the kind is chosen here. */
  fixedKind?: string;
  /** Why the server refused what is said of a column, by its name. */
  refusals?: ReadonlyMap<string, string>;
  onChange: (plan: RecordPlan) => void;
}

/** What a row is, what each column means, and what the first row would become. */
export function MappingEditor(props: MappingEditorProps) {
  const { plan, columns, catalogue, fixedKind, refusals, onChange } = props;
  const { text } = useReader();
  const words = text.imports.mapping;
  const types = useRead(identityApi.listKeyTypes);
  const keyTypes = (types.data?.items ?? []).map(({ type }) => type);
  const known = { keyTypes, catalogue };
  const problems = usePlanProblems(plan);
  const chooseKind = (kind: RecordKind) => onChange(suggestColumns(emptyPlan(kind, columns), columns, known));
  return (
    <>
      <Panel title={words.kind}>
        {fixedKind === undefined ? (
          <ChoiceCards
            label={words.kind}
            choices={recordKinds.map((value) => ({ value, ...words.kinds[value] }))}
            value={plan.kind}
            onChange={chooseKind}
          />
        ) : (
          <>
            <b>{words.kinds[plan.kind].label}</b>
            <p className="faint">{fixedKind}</p>
          </>
        )}
        <PlanSettings
          plan={plan}
          catalogue={catalogue}
          onChange={onChange}
          onType={(changed) => onChange(suggestColumns(changed, columns, known))}
        />
      </Panel>
      <Panel
        flush
        title={text.imports.steps.mapping}
        extra={
          <span className="row">
            {fixedKind === undefined && words.suggestHint}
            <Button size="small" type="link" onClick={() => onChange(suggestColumns(plan, columns, known))}>
              {words.suggest}
            </Button>
          </span>
        }
      >
        <ColumnTable
          plan={plan}
          columns={columns}
          catalogue={catalogue}
          keyTypes={keyTypes}
          refusals={refusals}
          onChange={onChange}
        />
        {problems.length > 0 && (
          <ul className={styles.problems} role="alert">
            {problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        )}
      </Panel>
      <KeptParts parts={plan.kept ?? []} onChange={(kept) => onChange({ ...plan, kept })} />
      {columns.some(({ samples }) => samples.length > 0) && <ExampleRow plan={plan} columns={columns} />}
    </>
  );
}
