import type { Finding, StrategyDocument } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { useEventTitles } from '../../../frame/use-event-titles.ts';
import { Facts, type Fact } from '../../../parts/facts.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { wordFor } from '../../../text/text.ts';
import styles from './panel.module.css';

interface StrategyFactsProps {
  document: StrategyDocument;
  findings: readonly Finding[] | undefined;
  nodeTitle: (nodeId: string) => string;
  onChoose: (nodeId: string) => void;
}

/** What holds for the whole strategy: its goal, its contact rules, and what the check found. */
export function StrategyFacts({ document, findings, nodeTitle, onChoose }: StrategyFactsProps) {
  const { text, format, language } = useReader();
  const titles = useEventTitles();
  const words = text.strategy.panel;
  const { goal, policy } = document;
  const channelName = (channel: string) =>
    channel === 'any' ? words.anyChannel : wordFor(text.words.channel, channel);
  return (
    <div className={styles.panel}>
      <p className="faint">{words.chooseNode}</p>
      <section>
        <h4>{words.goal}</h4>
        {goal ? (
          <p>
            {words.goalSentence(titles.event(goal.event), format.duration(goal.withinMs))}
            {goal.exit && <span className="faint"> · {words.goalExit}</span>}
          </p>
        ) : (
          <p className="faint">{words.noGoal}</p>
        )}
      </section>
      <section>
        <h4>{words.policy}</h4>
        <Facts
          facts={[
            [words.purpose, wordFor(text.words.purpose, policy.purpose)],
            [words.priority, format.integer(policy.priority)],
            policy.riskLevel && [words.riskLevel, policy.riskLevel],
            policy.messageBudget !== undefined && [words.budget, format.integer(policy.messageBudget)],
            policy.quietHours && [words.quietHours, `${policy.quietHours.from}–${policy.quietHours.to}`],
            ...(policy.caps.length === 0
              ? [[words.caps, words.noCaps] as Fact]
              : policy.caps.map(({ channel, limit, window }, index): Fact => [
                  index === 0 ? words.caps : '',
                  words.cap(channelName(channel), format.integer(limit), words.window[window]),
                ])),
          ]}
        />
      </section>
      {findings && (
        <section>
          <h4>{words.findings}</h4>
          {findings.length === 0 ? (
            <StateMark tone="good">{words.noFindings}</StateMark>
          ) : (
            <ul className={styles.findings}>
              {findings.map((finding, index) => (
                // Findings have no identity; the list is replaced as a whole.
                <li key={index}>
                  <button type="button" onClick={() => onChoose(finding.nodeId ?? '')}>
                    <StateMark tone={finding.severity === 'error' ? 'bad' : 'warn'}>
                      <span>
                        {finding.nodeId && <b>{nodeTitle(finding.nodeId)}: </b>}
                        {finding[language]}
                      </span>
                    </StateMark>
                  </button>
                </li>
              ))}
            </ul>
          )}
        </section>
      )}
    </div>
  );
}
