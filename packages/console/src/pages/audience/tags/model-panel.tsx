import { useReader } from '../../../frame/reader.tsx';
import { Facts } from '../../../parts/facts.tsx';
import { Panel } from '../../../parts/page.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { ScoreCommand } from './score-command.tsx';
import type { Tag } from './tag.ts';

const HOURS_OF_DAY = 24;
/** As many versions as are told. */
const MOST_VERSIONS = 5;

/** A model tag's scores: whose they are, of which version, how fresh, and how new ones are written. */
export function ModelPanel({ tag }: { tag: Tag }) {
  const { text, format } = useReader();
  const words = text.tags.model;
  const { model, tagId, trend } = tag;
  if (!model) return null;
  const versions = trend.filter(
    ({ modelVersion }, place) =>
      modelVersion !== undefined && trend.findIndex((each) => each.modelVersion === modelVersion) === place,
  );
  const days = format.decimal(model.freshForHours / HOURS_OF_DAY, 1);
  return (
    <Panel title={words.title}>
      <Facts
        facts={[
          [words.from, model.scorer ? `${words.scorer} ${model.scorer}` : words.api],
          [
            words.state,
            <StateMark key="state" tone={model.isFresh ? 'good' : 'warn'}>
              {model.isFresh ? words.isFresh : model.modelVersion ? words.isStale : words.noScores}
            </StateMark>,
          ],
          [words.fresh, words.freshFor(days)],
          [words.version, model.modelVersion ?? '–'],
          versions.length > 1 && [
            words.versions,
            versions
              .slice(0, MOST_VERSIONS)
              .map(({ modelVersion, at }) => words.versionSince(modelVersion ?? '', format.date(at)))
              .join(text.punctuation.comma),
          ],
        ]}
      />
      {!model.scorer && <ScoreCommand tagId={tagId} />}
    </Panel>
  );
}
