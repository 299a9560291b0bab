import { useText } from '../../../frame/reader.tsx';
import { Loading } from '../../../parts/states.tsx';
import { dependentsIn } from './read-lineage.ts';
import { useLineage } from './lineage-panel.tsx';
import styles from './lineage.module.css';

interface ImpactProps {
  kind: 'segment' | 'tag';
  id: string;
}

/** What a change would touch: everything that uses it, directly or over others. */
export function Impact({ kind, id }: ImpactProps) {
  const { audience: words } = useText();
  const { data } = useLineage(kind, id);
  if (!data) return <Loading rows={2} />;
  const dependents = dependentsIn(data);
  if (dependents.length === 0) return <p className="faint">{words.lineage.noImpact}</p>;
  return (
    <div>
      <p>{words.lineage.impact(String(dependents.length))}</p>
      <ul className={styles.impact}>
        {dependents.map((node) => (
          <li key={node.key}>
            <span className="faint">{words.lineage.kind[node.kind]}</span> {node.name}
          </li>
        ))}
      </ul>
    </div>
  );
}
