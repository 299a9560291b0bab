import { Button, InputNumber, Segmented, Select } from 'antd';
import type { audienceApi } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import { Field } from '../../insight/question/field.tsx';
import type { InsightNames } from '../../insight/question/use-insight-names.ts';
import { featuresOf, suggestedFeatures } from './features.ts';
import { useFeatureNames } from './use-feature-names.ts';
import styles from './lookalike.module.css';

export type Lookalike = audienceApi.Lookalike;

const MOST_FEATURES = 30;
const MOST_PEOPLE = 500_000;
/** As a score: at least as much like the seed as like the others. */
const EVEN = 0;

interface LookalikeFieldsProps {
  value: Lookalike;
  names: InsightNames;
  /** The segment itself resembles others than itself. */
  ownId?: string;
  onChange: (value: Lookalike) => void;
}

/** Whom people should resemble, by what, and how many or how much alike. */
export function LookalikeFields({ value, names, ownId, onChange }: LookalikeFieldsProps) {
  const { text, format } = useReader();
  const words = text.audience.lookalike;
  const shown = useFeatureNames(names);
  const { seed, features, size, minimumScore } = value;
  const bySimilarity = minimumScore !== undefined;
  return (
    <Panel title={words.title} definition={words.definition}>
      <div className={styles.fields}>
        <Field label={words.seed} definition={words.seedHint}>
          <Select
            aria-label={words.seed}
            placeholder={words.chooseSeed}
            showSearch={{ optionFilterProp: 'label' }}
            value={seed === '' ? undefined : seed}
            options={names.segments
              .filter(({ segmentId }) => segmentId !== ownId)
              .map(({ segmentId, name }) => ({ value: segmentId, label: name }))}
            onChange={(next: string) => onChange({ ...value, seed: next })}
          />
        </Field>
        <Field
          label={words.features}
          definition={words.featuresHint}
          extra={
            <Button
              type="link"
              size="small"
              onClick={() => onChange({ ...value, features: suggestedFeatures(names) })}
            >
              {words.suggest}
            </Button>
          }
        >
          <Select
            mode="tags"
            aria-label={words.features}
            placeholder={words.chooseFeatures}
            maxCount={MOST_FEATURES}
            showSearch={{ optionFilterProp: 'label' }}
            value={features}
            options={[...new Set([...featuresOf(names), ...features])].map((each) => ({
              value: each,
              label: shown.feature(each),
            }))}
            onChange={(next: string[]) => onChange({ ...value, features: next })}
          />
          <p className="faint">{words.ownFeature}</p>
        </Field>
        <Field label={words.howMany} definition={words.howManyHint}>
          <Segmented
            aria-label={words.howMany}
            value={bySimilarity ? 'similarity' : 'size'}
            options={[
              { value: 'size', label: words.bySize },
              { value: 'similarity', label: words.bySimilarity },
            ]}
            onChange={(next) =>
              onChange({ ...value, minimumScore: next === 'similarity' ? EVEN : undefined })
            }
          />
          <div className={styles.numbers}>
            {bySimilarity && (
              <label>
                {words.minimumScore}
                <InputNumber
                  step={0.5}
                  value={minimumScore}
                  onChange={(next) => onChange({ ...value, minimumScore: next ?? EVEN })}
                />
              </label>
            )}
            <label>
              {bySimilarity ? words.atMost : words.size}
              <InputNumber
                min={1}
                max={MOST_PEOPLE}
                value={size}
                onChange={(next) => onChange({ ...value, size: next ?? 1 })}
              />
            </label>
          </div>
          <p className="faint">{bySimilarity ? words.scoreHint : words.sizeHint(format.integer(size))}</p>
        </Field>
      </div>
    </Panel>
  );
}
