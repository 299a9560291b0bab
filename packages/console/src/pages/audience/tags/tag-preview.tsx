import { audienceApi, formatEql, type Condition, type EqlDocument } from '@wutong/contract';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../../api/call.ts';
import { usePaused } from '../../../eql/use-check.ts';
import { useReader } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import { ShareBars } from '../../../parts/share-bars.tsx';
import { Answer } from '../../../parts/states.tsx';

/** More tiers are not counted one by one before the tag is saved. */
const MOST_TIERS = 12;

interface Counted {
  total: number;
  /** People for each value: tiers by their names. */
  values: { name: string; people: number }[];
}

/** Who has a value: people of a tier and of none above it, people for whom a value is there. */
function conditionsOf(document: EqlDocument): { name: string; where: Condition }[] {
  if (document.kind === 'tier') {
    return document.tiers.slice(0, MOST_TIERS).map(({ label, when }, index) => {
      const above = document.tiers
        .slice(0, index)
        .map(({ when: item }): Condition => ({ kind: 'not', item }));
      return { name: label, where: { kind: 'and', items: [when, ...above] } };
    });
  }
  if (document.kind === 'rfm') return [{ name: '', where: { kind: 'did', source: document.source } }];
  if (document.kind !== 'value') return [];
  return [{ name: '', where: { kind: 'missing', value: document.value, negated: true } }];
}

async function countEach(document: EqlDocument, signal: AbortSignal): Promise<Counted> {
  const counts = await Promise.all(
    conditionsOf(document).map(async ({ name, where }) => {
      const text = formatEql({ kind: 'population', of: 'person', where });
      const { count, total } = await call(audienceApi.countEql, { body: { text }, signal });
      return { name, people: count, total };
    }),
  );
  return { total: counts[0]?.total ?? 0, values: counts };
}

/** How many people would have each value, before anything is saved. */
export function TagPreview({ document, enabled }: { document: EqlDocument | undefined; enabled: boolean }) {
  const { text, format } = useReader();
  const words = text.tags;
  const asked = usePaused(document);
  const counted = useQuery({
    queryKey: ['tag preview', asked && formatEql(asked)],
    queryFn: ({ signal }) => countEach(asked!, signal),
    enabled: enabled && asked !== undefined && asked === document,
    placeholderData: (former) => former,
  });
  if (!enabled) return null;
  return (
    <Panel title={words.preview} definition={words.previewHint}>
      <Answer query={counted} rows={3}>
        {({ total, values }) => {
          const covered = values.reduce((sum, { people }) => sum + people, 0);
          const rest = total - covered;
          const otherwise = asked?.kind === 'tier' ? (asked.otherwise ?? words.noValue) : words.noValue;
          return (
            <div className="stack" style={{ gap: 10 }}>
              <p>
                {words.withValue}{' '}
                <b className="number">
                  {format.integer(asked?.kind === 'tier' && asked.otherwise ? total : covered)}
                </b>{' '}
                <span className="faint">
                  {text.audience.countOf(
                    format.integer(total),
                    format.percent(total > 0 ? covered / total : undefined),
                  )}
                </span>
              </p>
              <ShareBars
                total={total}
                items={[
                  ...values.map(({ name, people }, index) => ({
                    key: `${index}`,
                    name: name || words.withValue,
                    value: people,
                  })),
                  { key: 'rest', name: otherwise, value: rest },
                ]}
              />
            </div>
          );
        }}
      </Answer>
    </Panel>
  );
}
