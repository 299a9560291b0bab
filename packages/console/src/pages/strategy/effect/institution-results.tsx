import { useState } from 'react';
import { Button } from 'antd';
import { insightApi, type ResponseOf } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';

type Row = ResponseOf<typeof insightApi.readStrategyEffect>['byInstitution'][number];

/** Fewer people than this on either side would make chance look like a difference. */
const FEWEST = 30;

const rateOf = ({ people, converted }: Row['treated']): number | undefined =>
  people > 0 ? converted / people : undefined;

/** As many as are shown before somebody asks for all of them. */
const FIRST = 8;

/** Both groups by institution; the largest first. */
export function InstitutionResults({ rows }: { rows: readonly Row[] }) {
  const { text, format } = useReader();
  const words = text.effect;
  const [all, setAll] = useState(false);
  const sorted = rows.toSorted((left, right) => right.treated.people - left.treated.people);
  const columns: Column<Row>[] = [
    {
      key: 'name',
      title: words.institution,
      phone: 'title',
      render: ({ name, institutionId }) => name || institutionId,
    },
    ...(['treated', 'holdout'] as const).flatMap((side): Column<Row>[] => [
      {
        key: `${side}-people`,
        title: words[side],
        numeric: true,
        render: (row) =>
          words.convertedOf(format.integer(row[side].converted), format.integer(row[side].people)),
      },
      {
        key: `${side}-rate`,
        title: words.rate,
        numeric: true,
        render: (row) => format.percent(rateOf(row[side])),
      },
    ]),
    {
      key: 'difference',
      title: `${words.difference} (${words.points})`,
      numeric: true,
      render: ({ treated, holdout }) => {
        const [one, other] = [rateOf(treated), rateOf(holdout)];
        const enough = treated.people >= FEWEST && holdout.people >= FEWEST;
        if (!enough || one === undefined || other === undefined) {
          return (
            <span className="faint" title={words.tooFewHint}>
              {words.tooFew}
            </span>
          );
        }
        return format.points(one - other, 1);
      },
    },
  ];
  return (
    <Panel title={words.institutions} flush>
      <RecordTable
        label={words.institutions}
        columns={columns}
        rows={all ? sorted : sorted.slice(0, FIRST)}
        rowKey={({ institutionId }) => institutionId}
      />
      {sorted.length > FIRST && (
        <p style={{ padding: '6px 10px 10px' }}>
          <Button type="link" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? text.state.fold : words.allInstitutions(format.integer(sorted.length))}
          </Button>
        </p>
      )}
    </Panel>
  );
}
