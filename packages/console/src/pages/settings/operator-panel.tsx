import { App, Button, Segmented } from 'antd';
import { useState } from 'react';
import {
  alertTargetSchema,
  insightApi,
  type OperatorAlerts,
  type OperatorAlertsInput,
  type OperatorTrouble,
} from '@wutong/contract';
import { Link } from 'react-router-dom';
import { CALM_MS, useRead, useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { Panel } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Answer, sentenceOf } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { NoticeTable } from '../insight/alerts/notice-table.tsx';
import { TargetRows } from '../insight/alerts/target-rows.tsx';
import styles from './settings.module.css';

/** Who is told when computing goes wrong, what is wrong now, and what was told. */
export function OperatorPanel() {
  const words = useReader().text.operatorAlerts;
  const alerts = useRead(insightApi.readOperatorAlerts, undefined, { refetchIntervalMs: CALM_MS });
  return (
    <Panel title={words.title} definition={words.hint}>
      <Answer query={alerts}>
        {(stored) => (
          <div className="stack">
            <Troubles troubles={stored.troubles} count={stored.troubleCount} />
            <TargetForm stored={stored} />
            {stored.notices.length > 0 && <NoticeTable notices={stored.notices} />}
          </div>
        )}
      </Answer>
    </Panel>
  );
}

function Troubles({ troubles, count }: { troubles: readonly OperatorTrouble[]; count: number }) {
  const { text, format, language } = useReader();
  const words = text.operatorAlerts;
  if (count === 0) return <StateMark tone="good">{words.none}</StateMark>;
  return (
    <section>
      <StateMark tone="bad">{words.count(format.integer(count))}</StateMark>
      <ul className={styles.troubles}>
        {troubles.map(({ kind, objectId, name, since, failures, problem }) => (
          <li key={`${kind} ${objectId}`}>
            <Link to={`/${kind.startsWith('tag') ? 'tags' : 'audiences'}/${encodeURIComponent(objectId)}`}>
              {name}
            </Link>
            <span>
              {words.kinds[kind]}
              {failures !== undefined && ` ${words.failures(format.integer(failures))}`}
            </span>
            <TimeText at={since} />
            {problem && <span className="faint">{problem[language]}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function TargetForm({ stored }: { stored: OperatorAlerts }) {
  const { text, format } = useReader();
  const words = text.operatorAlerts;
  const { message } = App.useApp();
  const [draft, setDraft] = useState<OperatorAlertsInput>();
  const { notify, language } = draft ?? stored;
  const save = useWrite(insightApi.saveOperatorAlerts, [insightApi.readOperatorAlerts]);
  const test = useWrite(insightApi.testOperatorAlerts, [insightApi.readOperatorAlerts]);
  const failed = (error: unknown) => void message.error(sentenceOf(error, text));
  const written = notify.every((target) => alertTargetSchema.safeParse(target).success);
  return (
    <section className="stack" aria-label={words.targets}>
      <TargetRows targets={notify} onChange={(next) => setDraft({ notify: next, language })} />
      <div className="row">
        <span className="soft">{text.alerts.language}</span>
        <Segmented
          aria-label={text.alerts.language}
          value={language}
          options={[
            { value: 'zh' as const, label: '中文' },
            { value: 'en' as const, label: 'English' },
          ]}
          onChange={(next) => setDraft({ notify, language: next })}
        />
        <Button
          type="primary"
          disabled={!draft || !written}
          loading={save.isPending}
          onClick={() =>
            save.mutate(
              { body: { notify, language } },
              {
                onSuccess: () => {
                  setDraft(undefined);
                  void message.success(words.saved);
                },
                onError: failed,
              },
            )
          }
        >
          {text.state.save}
        </Button>
        {stored.notify.length > 0 && (
          <Button
            disabled={draft !== undefined}
            loading={test.isPending}
            onClick={() =>
              test.mutate(
                {},
                {
                  onSuccess: ({ notices }) =>
                    void message.success(text.alerts.tested(format.integer(notices))),
                  onError: failed,
                },
              )
            }
          >
            {text.alerts.test}
          </Button>
        )}
      </div>
    </section>
  );
}
