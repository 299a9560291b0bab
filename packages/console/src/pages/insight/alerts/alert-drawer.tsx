import { useMemo } from 'react';
import { App, Button, Drawer } from 'antd';
import { insightApi, type Alert, type ResponseOf } from '@wutong/contract';
import { Link } from 'react-router-dom';
import { CALM_MS, useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay, useSession } from '../../../frame/session.tsx';
import { useUserNames } from '../../../frame/use-names.ts';
import { palette } from '../../../frame/theme.ts';
import { Facts } from '../../../parts/facts.tsx';
import { HandOver } from '../../../parts/hand-over.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { Answer, EmptyState, sentenceOf } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { useCodeSentence } from '../../data/code-sentence.ts';
import { Chart } from '../chart/chart.tsx';
import type { ChartSeries } from '../chart/series-chart.tsx';
import { addressOf } from '../question/question.ts';
import type { InsightNames } from '../question/use-insight-names.ts';
import { useReturnFocus } from '../../../parts/use-return-focus.ts';
import { NoticeTable } from './notice-table.tsx';
import { useAlertSentence } from './use-alert-sentence.ts';
import styles from './alerts.module.css';

type Check = ResponseOf<typeof insightApi.listAlertChecks>['items'][number];

const CHECKS = 200;
const NOTICES = 20;

interface AlertDrawerProps {
  alert: Alert;
  names: InsightNames;
  onEdit: () => void;
  onClose: () => void;
}

/** One alert: what it watches, how the number went, and who was told. */
export function AlertDrawer({ alert, onEdit, onClose }: AlertDrawerProps) {
  useReturnFocus();
  const { text } = useReader();
  const words = text.alerts;
  const { user } = useSession();
  const userName = useUserNames();
  const sentence = useAlertSentence();
  const checks = useRead(
    insightApi.listAlertChecks,
    { params: { alertId: alert.alertId }, query: { limit: CHECKS } },
    { refetchIntervalMs: CALM_MS },
  );
  const handOver = useWrite(insightApi.handOverAlert, [insightApi.listAlerts, insightApi.listAlertChecks]);
  const codeSentence = useCodeSentence();
  const mine = alert.owner === user.name;
  return (
    <Drawer
      open
      size={680}
      title={alert.name}
      onClose={onClose}
      extra={mine && <OwnerActions alert={alert} onEdit={onEdit} onClose={onClose} />}
    >
      <div className="stack">
        <Facts
          facts={[
            [
              words.state,
              <StateMark key="state" tone={alert.raised ? 'bad' : 'good'}>
                {alert.raised ? words.raised : words.calm}
              </StateMark>,
            ],
            alert.lastCheck?.problem === 'owner_lost_right' && [
              words.notComputed,
              <span key="lost" role="alert" style={{ color: 'var(--red)' }}>
                {codeSentence('owner_lost_right')}
              </span>,
            ],
            alert.raised && [words.since, <TimeText key="since" at={alert.raisedSince} form="full" />],
            [
              words.watched,
              <Link key="watched" to={addressOf({ ...alert.analysis, kind: 'trend' })}>
                {sentence.watched(alert)}
              </Link>,
            ],
            [words.condition, sentence.condition(alert)],
            [words.rhythm, words.every(alert.everyMinutes)],
            [
              words.owner,
              <span key="owner" className="row">
                {mine ? words.mine : userName(alert.owner)}
                <HandOver
                  name={alert.name}
                  owner={alert.owner}
                  lost={alert.lastCheck?.problem === 'owner_lost_right'}
                  onHandOver={(owner) =>
                    handOver.mutateAsync({ params: { alertId: alert.alertId }, body: { owner } })
                  }
                />
              </span>,
            ],
          ]}
        />
        <section>
          <h3 className={styles.head}>{words.history}</h3>
          <Answer query={checks}>
            {({ items }) =>
              items.length === 0 ? (
                <EmptyState small title={words.notChecked} />
              ) : (
                <>
                  <ChecksChart alert={alert} checks={items} />
                  <ChecksTable checks={items} />
                </>
              )
            }
          </Answer>
        </section>
        {alert.notify.length > 0 && <Notices alertId={alert.alertId} />}
      </div>
    </Drawer>
  );
}

function OwnerActions({ alert, onEdit, onClose }: Omit<AlertDrawerProps, 'names'>) {
  const { text, format } = useReader();
  const words = text.alerts;
  const { message, modal } = App.useApp();
  const mayTest = useMay(insightApi.testAlert);
  const test = useWrite(insightApi.testAlert, [insightApi.listAlertNotices]);
  const remove = useWrite(insightApi.deleteAlert, [insightApi.listAlerts]);
  const params = { alertId: alert.alertId };
  const failed = (error: unknown) => void message.error(sentenceOf(error, text));
  return (
    <span className="row">
      {mayTest && alert.notify.length > 0 && (
        <Button
          size="small"
          loading={test.isPending}
          onClick={() =>
            test.mutate(
              { params },
              {
                onSuccess: ({ notices }) => void message.success(words.tested(format.integer(notices))),
                onError: failed,
              },
            )
          }
        >
          {words.test}
        </Button>
      )}
      <Button size="small" onClick={onEdit}>
        {words.edit}
      </Button>
      <Button
        size="small"
        danger
        onClick={() =>
          void modal.confirm({
            title: words.remove,
            content: words.removeQuestion(alert.name),
            okText: words.remove,
            okButtonProps: { danger: true },
            onOk: () => remove.mutateAsync({ params }).then(onClose, failed),
          })
        }
      >
        {words.remove}
      </Button>
    </span>
  );
}

/** The number over time, with the level it is measured against. */
function ChecksChart({ alert, checks }: { alert: Alert; checks: readonly Check[] }) {
  const { text, format } = useReader();
  const words = text.alerts;
  const oldestFirst = useMemo(() => checks.toReversed(), [checks]);
  const categories = useMemo(() => oldestFirst.map(({ at }) => format.shortTime(at)), [oldestFirst, format]);
  const series = useMemo((): ChartSeries[] => {
    const line = (key: 'value' | 'before' | 'low' | 'high', name: string, color: string): ChartSeries => ({
      key,
      name,
      values: oldestFirst.map((check) => check[key] ?? null),
      color,
      dashed: key !== 'value',
    });
    return [
      line('value', words.value, palette.accent),
      line('before', words.before, palette.blue),
      line('low', words.low, palette.amber),
      line('high', words.high, palette.amber),
    ].filter(({ values }) => values.some((value) => value !== null));
  }, [oldestFirst, words]);
  const level = useMemo(
    () =>
      alert.condition.kind === 'threshold' ? { value: alert.condition.value, name: words.level } : undefined,
    [alert.condition, words],
  );
  return (
    <Chart
      label={words.history}
      form="line"
      categories={categories}
      series={series}
      formatValue={format.compact}
      heightPx={200}
      level={level}
    />
  );
}

const SHOWN = 20;

function ChecksTable({ checks }: { checks: readonly Check[] }) {
  const { text, format } = useReader();
  const words = text.alerts;
  const columns: Column<Check>[] = [
    { key: 'at', title: words.checked, phone: 'title', render: ({ at }) => <TimeText at={at} form="full" /> },
    { key: 'value', title: words.value, numeric: true, render: ({ value }) => format.decimal(value) },
    {
      key: 'raised',
      title: words.state,
      render: ({ raised, problem }) =>
        problem ? (
          <StateMark tone="warn">
            {(words.problems as Record<string, string | undefined>)[problem] ?? words.notComputed}
          </StateMark>
        ) : (
          <StateMark tone={raised ? 'bad' : 'good'}>{raised ? words.raised : words.calm}</StateMark>
        ),
    },
  ];
  return (
    <RecordTable
      label={words.history}
      columns={columns}
      rows={checks.slice(0, SHOWN)}
      rowKey={({ at }) => at}
    />
  );
}

function Notices({ alertId }: { alertId: string }) {
  const { text } = useReader();
  const words = text.alerts;
  const notices = useRead(
    insightApi.listAlertNotices,
    { query: { alertId, limit: NOTICES } },
    { refetchIntervalMs: CALM_MS },
  );
  return (
    <section>
      <h3 className={styles.head}>{words.notices}</h3>
      <Answer query={notices}>{({ items }) => <NoticeTable notices={items} />}</Answer>
    </section>
  );
}
