import { useReader } from '../../../frame/reader.tsx';
import { Facts, type Fact } from '../../../parts/facts.tsx';
import { Panel } from '../../../parts/page.tsx';
import { useKeyTitles } from '../../identity/use-key-titles.ts';
import type { RecordPlan } from './record-plan.ts';
import type { SampledColumn } from './suggest-plan.ts';
import { readSample } from './value-shape.ts';

/** What the first row would become, so that a wrong mapping is seen before it is started. */
export function ExampleRow({ plan, columns }: { plan: RecordPlan; columns: readonly SampledColumn[] }) {
  const { text, language } = useReader();
  const words = text.imports.mapping;
  const titleOf = useKeyTitles();
  const facts = plan.columns.flatMap(({ use, steps }, index): Fact[] => {
    const written = columns[index]?.samples[0] ?? '';
    if (use.as === 'ignore' || written === '') return [];
    const value = readSample(steps, written) ?? written;
    const name =
      use.as === 'key'
        ? titleOf(use.keyType)
        : use.as === 'field'
          ? use.field.title[language] || use.field.name
          : words.parts[use.as];
    return [[name, use.as === 'key' ? <b key={name}>{value}</b> : value]];
  });
  const subject =
    plan.kind === 'event' && plan.eventName
      ? plan.eventName
      : plan.typeTitle[language] || words.kinds[plan.kind].label;
  return (
    <Panel title={`${words.example} · ${subject}`}>
      {facts.length > 0 ? <Facts facts={facts} /> : <p className="faint">{words.exampleOf.nothing}</p>}
    </Panel>
  );
}
