import type { audienceApi } from '@wutong/contract';
import { Link } from 'react-router-dom';
import { useReader } from '../../../frame/reader.tsx';
import { EntityName } from '../../../parts/entity-name.tsx';
import { Panel } from '../../../parts/page.tsx';
import { Chip } from '../../../parts/state-mark.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { useInsightNames } from '../../insight/question/use-insight-names.ts';
import type { Segment } from '../segment.ts';
import { useFeatureNames } from './use-feature-names.ts';
import styles from './lookalike.module.css';

type Explanation = audienceApi.LookalikeExplanation;
type Feature = Explanation['features'][number];

/** Spreads from here on decide; from there on they still count. */
const DECIDES = 1.5;
const COUNTS = 0.5;
/** As many values of a feature as are told. */
const MOST_VALUES = 3;
/** Below this a value says next to nothing: e^0.2 is 1.2 times. */
const FAINT = 0.2;

/** Why these people are alike: what each value speaks for, the features that decide first. */
export function LookalikeExplanation({ segment }: { segment: Segment }) {
  const { text, format } = useReader();
  const words = text.audience.lookalike;
  const { settled: _settled, ...names } = useInsightNames();
  const { lookalike, explanation } = segment;
  if (!lookalike) return null;
  const seedName = names.segments.find(({ segmentId }) => segmentId === lookalike.seed)?.name;
  return (
    <Panel title={words.why} definition={words.whyHint}>
      {!explanation ? (
        <EmptyState small title={text.audience.neverComputed} />
      ) : (
        <>
          <p className={styles.sentence}>
            <Link to={`/audiences/${lookalike.seed}`}>{seedName ?? lookalike.seed}</Link>
            {words.sentence(
              format.integer(explanation.seedPeople),
              format.integer(explanation.otherPeople),
              format.integer(segment.members),
            )}
            {explanation.highestScore !== undefined &&
              explanation.lowestScore !== undefined &&
              words.scores(
                format.decimal(explanation.highestScore, 1),
                format.decimal(explanation.lowestScore, 1),
              )}
          </p>
          <div className={styles.features}>
            {explanation.features.map((feature) => (
              <FeatureWords key={feature.feature} feature={feature} names={names} />
            ))}
          </div>
        </>
      )}
    </Panel>
  );
}

function FeatureWords({
  feature,
  names,
}: {
  feature: Feature;
  names: Parameters<typeof useFeatureNames>[0];
}) {
  const { text, format } = useReader();
  const words = text.audience.lookalike;
  const shown = useFeatureNames(names);
  const { spread, values } = feature;
  const strength = spread >= DECIDES ? 'decides' : spread >= COUNTS ? 'counts' : 'little';
  const speaking = values.filter(({ weight }) => Math.abs(weight) >= FAINT);
  const told = [
    ...speaking.filter(({ weight }) => weight > 0).slice(0, MOST_VALUES),
    ...speaking.filter(({ weight }) => weight < 0).slice(-1),
  ];
  const entityType = shown.entityType(feature.feature);
  return (
    <section aria-label={shown.feature(feature.feature)}>
      <h3>
        {shown.feature(feature.feature)}
        <Chip tone={strength === 'decides' ? 'good' : 'quiet'}>{words.strength[strength]}</Chip>
      </h3>
      <ul className={styles.values}>
        {told.length === 0 && <li className="faint">{words.saysNothing}</li>}
        {told.map(({ value, weight, seedShare, otherShare }) => (
          <li key={value} title={words.weight(format.decimal(weight, 2))}>
            <span data-for={weight > 0} aria-hidden="true">
              {weight > 0 ? '▲' : '▽'}
            </span>
            <span>
              {entityType && value !== 'missing' ? (
                <EntityName type={entityType} id={value} />
              ) : (
                <b>{shown.value(feature.feature, value)}</b>
              )}
              {words.shares(format.percent(seedShare, 0), format.percent(otherShare, 0))}
              {weight > 0 ? words.speaksFor : words.speaksAgainst}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
