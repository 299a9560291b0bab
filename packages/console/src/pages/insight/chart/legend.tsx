import styles from './legend.module.css';

/** What the colours of a chart stand for. */
export function Legend({ items }: { items: readonly { key: string; name: string; color: string }[] }) {
  return (
    <ul className={styles.legend}>
      {items.map(({ key, name, color }) => (
        <li key={key}>
          <i style={{ background: color }} />
          {name}
        </li>
      ))}
    </ul>
  );
}
