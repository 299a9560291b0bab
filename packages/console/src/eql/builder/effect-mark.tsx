import { Tooltip } from 'antd';
import { useReader } from '../../frame/reader.tsx';
import { useRule } from '../rule-context.ts';
import styles from './builder.module.css';

/** What a condition does to the number of people: how many it removes, or brings in beside others. */
export function EffectMark({ path, unfinished }: { path: string; unfinished: boolean }) {
  const { text, format } = useReader();
  const { effects, largestRemoval } = useRule();
  const words = text.rule.effect;
  if (unfinished) {
    return (
      <span className={styles.effect} data-tone="warn">
        {words.unfinished}
      </span>
    );
  }
  const effect = effects.get(path);
  // Conditions of the rule keep the place of their effect while it is being counted.
  if (!effect) return path === '' ? null : <span className={styles.effect} />;
  const { removes, count, remaining } = effect;
  const said =
    removes > 0
      ? words.removes(format.integer(removes))
      : removes < 0
        ? words.adds(format.integer(-removes))
        : words.nothing;
  const share = largestRemoval > 0 ? Math.min(1, Math.abs(removes) / largestRemoval) : 0;
  return (
    <Tooltip
      title={
        <>
          {words.hint}
          <br />
          {words.alone(format.integer(count))}
          <br />
          {words.remaining(format.integer(remaining))}
        </>
      }
    >
      <span
        className={styles.effect}
        data-tone={removes === 0 ? 'quiet' : removes > 0 ? 'removes' : 'adds'}
        tabIndex={0}
      >
        {said}
        {removes !== 0 && (
          <i aria-hidden="true">
            <b style={{ width: `${share * 100}%` }} />
          </i>
        )}
      </span>
    </Tooltip>
  );
}
