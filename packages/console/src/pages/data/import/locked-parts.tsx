import type { Mapping } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { Facts } from '../../../parts/facts.tsx';
import { Panel } from '../../../parts/page.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { useSourceNames } from '../../people/use-source-names.ts';
import type { RecordPlace } from './corrected-mapping.ts';

/** What makes the rows of an import the ones they are, and why it stays. */
export function LockedParts({ mapping, place }: { mapping: Mapping; place: RecordPlace }) {
  const { text } = useReader();
  const { correction: words, and } = text.imports.run;
  const sourceName = useSourceNames();
  const file = mapping.files[place.file]!;
  const isText = file.format === 'csv' || file.format === 'ndjson';
  const readAs = [
    text.imports.formats[file.format],
    ...(isText ? [text.imports.encodings[file.encoding]] : []),
    ...(file.sheet === undefined ? [] : [file.sheet]),
  ];
  const conditions = (file.records[place.record]!.when ?? []).map((condition) => {
    if ('in' in condition) return words.when.in(condition.column, condition.in.join(and));
    if ('notIn' in condition) return words.when.notIn(condition.column, condition.notIn.join(and));
    return condition.present ? words.when.present(condition.column) : words.when.absent(condition.column);
  });
  return (
    <Panel title={words.locked}>
      <p className="faint" style={{ marginBottom: 10 }}>
        {words.lockedWhy}
      </p>
      <Facts
        facts={[
          [words.file, file.file],
          [words.readAs, readAs.join(text.punctuation.comma)],
          [words.source, sourceName(mapping.sourceId)],
          mapping.asOf !== undefined && [words.asOf, <TimeText key="as of" at={mapping.asOf} form="full" />],
          conditions.length > 0 && [words.conditions, conditions.join(text.punctuation.comma)],
        ]}
      />
    </Panel>
  );
}
