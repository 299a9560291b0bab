import type { EqlDocument } from '@wutong/contract';
import { useText } from '../../frame/reader.tsx';
import { subjectOf } from '../rule/names.ts';
import { useRule } from '../rule-context.ts';
import { ConditionGroup } from './condition-group.tsx';
import styles from './builder.module.css';

type Population = Extract<EqlDocument, { kind: 'population' }>;

interface RuleBuilderProps {
  document: Population;
  onChange: (document: Population) => void;
}

/** The rule face of a population: conditions as sentences, each with what it does to the count. */
export function RuleBuilder({ document, onChange }: RuleBuilderProps) {
  const { rule: words } = useText();
  const { names } = useRule();
  const { of, where, timeZone, timeZoneOf } = document;
  const title = names.entities.find(({ name }) => name === of)?.title ?? words.people;
  return (
    <div className={styles.builder}>
      <p className={styles.lead}>
        {words.population(title)}
        {timeZone && <span className="faint"> · {words.timeZone(timeZone)}</span>}
        {timeZoneOf && <span className="faint"> · {words.timeZoneOf(timeZoneOf)}</span>}
      </p>
      {!where && <p className="faint">{words.everybody}</p>}
      <ConditionGroup
        condition={where}
        subject={subjectOf(of)}
        path="where"
        onChange={(changed) => {
          const { where: _former, ...rest } = document;
          onChange(changed ? { ...rest, where: changed } : rest);
        }}
      />
    </div>
  );
}
