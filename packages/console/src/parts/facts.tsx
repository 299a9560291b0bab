import type { ReactNode } from 'react';
import styles from './facts.module.css';

export type Fact = readonly [name: ReactNode, value: ReactNode] | '' | false | undefined | null;

/** Names and values in two columns. Missing facts are left out. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map((fact, index) =>
        fact ? (
          // Facts have no identity of their own and never move.
          <div key={index}>
            <dt>{fact[0]}</dt>
            <dd>{fact[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
