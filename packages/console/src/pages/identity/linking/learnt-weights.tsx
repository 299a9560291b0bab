import type { linkingApi } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import { Chip } from '../../../parts/state-mark.tsx';
import { wordFor } from '../../../text/text.ts';
import styles from './linking.module.css';

interface LearntWeightsProps {
  comparisons: readonly linkingApi.LearntComparison[];
  prior: number | undefined;
}

/** How often each way of being alike is found among pairs of one person, and by chance among strangers. */
export function LearntWeights({ comparisons, prior }: LearntWeightsProps) {
  const { text, format } = useReader();
  const words = text.linking.run;
  return (
    <Panel
      title={words.learnt}
      definition={words.learntLead}
      extra={prior !== undefined && words.prior(format.compact(1 / prior))}
    >
      <div className={styles.learnt}>
        {comparisons.map(({ column, kind, levels }) => (
          <table key={column} aria-label={column}>
            <thead>
              <tr>
                <th scope="col">
                  {wordFor(text.words.property, column)} <Chip>{text.linking.kinds[kind]}</Chip>
                </th>
                <th scope="col">{words.samePerson}</th>
                <th scope="col">{words.strangers}</th>
                <th scope="col">{words.support}</th>
              </tr>
            </thead>
            <tbody>
              {levels.map(({ label, m, u, weight }) => (
                <tr key={label}>
                  <th scope="row">{wordFor(text.linking.levels, label)}</th>
                  <td>{format.percent(m, 1)}</td>
                  <td>{u < 0.0005 ? '< 0.05%' : format.percent(u, 1)}</td>
                  <td className={styles.weight} data-against={weight < 0}>
                    {weight > 0 ? '+' : ''}
                    {format.decimal(weight, 1)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        ))}
      </div>
    </Panel>
  );
}
