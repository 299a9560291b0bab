import styles from './choice-cards.module.css';

interface Choice<Value extends string> {
  value: Value;
  label: string;
  /** What it means to choose it. */
  hint: string;
}

interface ChoiceCardsProps<Value extends string> {
  /** What is chosen, for screen readers. */
  label: string;
  choices: readonly Choice<Value>[];
  /** Undefined before anything is chosen. */
  value: Value | undefined;
  onChange: (value: Value) => void;
  /** Shows what was chosen and cannot change any more. */
  disabled?: boolean;
}

/** One of a few, each with a sentence; arrow keys move between them as between all radio buttons. */
export function ChoiceCards<Value extends string>(props: ChoiceCardsProps<Value>) {
  const { label, choices, value, onChange, disabled } = props;
  return (
    <div className={styles.cards} role="radiogroup" aria-label={label}>
      {choices.map((choice) => (
        <label key={choice.value} className={styles.card} data-chosen={choice.value === value}>
          <input
            type="radio"
            name={label}
            disabled={disabled}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          <span>
            <b>{choice.label}</b>
            <small>{choice.hint}</small>
          </span>
        </label>
      ))}
    </div>
  );
}
