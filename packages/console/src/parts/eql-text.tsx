import styles from './eql-text.module.css';

const WORDS =
  /('(?:[^']|'')*'|\b\d[\d_.]*\b|\b(?:person|where|and|or|not|any|all|none|via|in|next|last|this|within|between|then|same|when|else|tier|top|of|by|is|missing|event|detail|segment|tag|consents|did|count|sum|avg|min|max|days|day|weeks|week|months|month|quarter|year|hours|hour|minutes|cny)\b)/gi;

/** An expression as it is written, with its words, numbers and texts told apart. */
export function EqlText({ text }: { text: string }) {
  return (
    <pre className={styles.eql}>
      {text.split(WORDS).map((piece, index) => (
        // Pieces are cut from one string; their place is their identity.
        <span key={index} data-kind={kindOf(piece, index)}>
          {piece}
        </span>
      ))}
    </pre>
  );
}

function kindOf(piece: string, index: number): string | undefined {
  if (index % 2 === 0) return undefined;
  if (piece.startsWith("'")) return 'text';
  return /^\d/.test(piece) ? 'number' : 'word';
}
