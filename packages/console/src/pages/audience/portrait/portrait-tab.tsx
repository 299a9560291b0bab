import { useState } from 'react';
import { Select } from 'antd';
import { insightApi } from '@wutong/contract';
import { useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { combinedText } from '../combination.ts';
import { useSegmentChoice } from '../segment-choice.ts';
import { DifferenceList } from './difference-list.tsx';
import { AttributeBars } from './attribute-bars.tsx';
import { wideList } from '../../../parts/wide-list.ts';
import styles from './portrait.module.css';

const VALUES = 6;

/** Who the people of a segment are: their significant differences first, then each attribute side by side. */
export function PortraitTab({ segmentId, name }: { segmentId: string; name: string }) {
  const { text, format } = useReader();
  const words = text.audience.portrait;
  const [chosen, setChosen] = useState<{ segmentId: string; name: string }>();
  const against = chosen?.segmentId ?? '';
  const choice = useSegmentChoice();
  const portrait = useRead(
    insightApi.analysePortrait,
    {
      body: {
        people: combinedText('union', [segmentId]),
        ...(against ? { against: combinedText('union', [against]) } : {}),
        valuesPerAttribute: VALUES,
      },
    },
    { keepPrevious: true },
  );
  const offered = choice.items.filter((each) => each.segmentId !== segmentId && each.segmentId !== against);
  const others = chosen ? [chosen, ...offered] : offered;
  const otherName = chosen?.name ?? words.everybodyElse;
  const choose = (
    <label className="row">
      <span>{words.against}</span>
      <Select
        {...choice.select}
        aria-label={words.against}
        value={against}
        {...wideList}
        style={{ minWidth: 170 }}
        options={[
          { value: '', label: words.everybodyElse },
          ...others.map((each) => ({ value: each.segmentId, label: each.name })),
        ]}
        onChange={(id) => setChosen(others.find((each) => each.segmentId === id))}
      />
    </label>
  );
  return (
    <Answer query={portrait} rows={8}>
      {(data) => (
        <>
          <Panel title={words.differences} definition={words.differencesDefinition} extra={choose}>
            <p className={styles.legend}>
              <span data-side="people">
                {name} {format.integer(data.people)}
              </span>
              <span data-side="others">
                {otherName} {format.integer(data.others)}
              </span>
            </p>
            {data.differences.length === 0 ? (
              <EmptyState small title={words.noDifference} hint={words.noDifferenceHint} />
            ) : (
              <DifferenceList portrait={data} />
            )}
          </Panel>
          <div className={styles.grid}>
            {data.attributes.map((attribute) => (
              <AttributeBars key={attribute.attribute} attribute={attribute} />
            ))}
          </div>
        </>
      )}
    </Answer>
  );
}
