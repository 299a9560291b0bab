import { Button, Switch } from 'antd';
import { insightApi, type Alert } from '@wutong/contract';
import { useNavigate } from 'react-router-dom';
import { CALM_MS, useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useSession } from '../../../frame/session.tsx';
import { useUserNames } from '../../../frame/use-names.ts';
import { Page, Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { useUrlState } from '../../../parts/url-state.ts';
import { useInsightNames } from '../question/use-insight-names.ts';
import { inputOf } from './alert-draft.ts';
import { AlertDrawer } from './alert-drawer.tsx';
import { AlertEditor } from './alert-editor.tsx';
import { useAlertSentence } from './use-alert-sentence.ts';

const NEW = 'new';

/** Alerts, raised ones first; one of them open beside the list, by the address. */
export default function AlertListPage() {
  const { text } = useReader();
  const words = text.alerts;
  const navigate = useNavigate();
  const [chosen, setChosen] = useUrlState('alert');
  const [editing, setEditing] = useUrlState('edit');
  const alerts = useRead(insightApi.listAlerts, undefined, { refetchIntervalMs: CALM_MS });
  const { settled, ...names } = useInsightNames();
  const columns = useColumns();
  const items = alerts.data?.items ?? [];
  const alert = items.find(({ alertId }) => alertId === chosen);
  const edited = items.find(({ alertId }) => alertId === editing);
  const create = (
    <Button type="primary" onClick={() => setEditing(NEW)}>
      {words.new}
    </Button>
  );
  return (
    <Page title={words.list} numbers="bank" lead={words.lead} actions={create}>
      <Panel flush>
        <Answer query={alerts}>
          {() => (
            <RecordTable
              label={words.list}
              columns={columns}
              rows={items}
              rowKey={({ alertId }) => alertId}
              onOpen={({ alertId }) => setChosen(alertId)}
              empty={<EmptyState title={words.none} hint={words.noneHint} action={create} />}
            />
          )}
        </Answer>
      </Panel>
      {alert && (
        <AlertDrawer
          alert={alert}
          names={names}
          onEdit={() => void navigate({ search: `?edit=${alert.alertId}` })}
          onClose={() => setChosen('')}
        />
      )}
      {settled && (editing === NEW || edited) && (
        <AlertEditor key={editing} alert={edited} names={names} onClose={() => setEditing('')} />
      )}
    </Page>
  );
}

function useColumns(): Column<Alert>[] {
  const { text, format } = useReader();
  const words = text.alerts;
  const { user } = useSession();
  const userName = useUserNames();
  const sentence = useAlertSentence();
  const save = useWrite(insightApi.saveAlert, [insightApi.listAlerts]);
  return [
    {
      key: 'state',
      title: words.state,
      width: '110px',
      render: ({ enabled, raised, lastCheck }) =>
        !enabled ? (
          <StateMark tone="quiet">{words.off}</StateMark>
        ) : raised ? (
          <StateMark tone="bad">{words.raised}</StateMark>
        ) : lastCheck?.problem ? (
          <StateMark tone="warn">{words.notComputed}</StateMark>
        ) : (
          <StateMark tone="good">{words.calm}</StateMark>
        ),
    },
    {
      key: 'name',
      title: words.name,
      phone: 'title',
      render: (alert) => (
        <>
          <b>{alert.name}</b>
          <div className="faint">{sentence.whole(alert)}</div>
        </>
      ),
    },
    {
      key: 'value',
      title: words.value,
      numeric: true,
      render: (alert) => (
        <>
          {format.decimal(alert.lastCheck?.value)}
          {sentence.against(alert) && <div className="faint">{sentence.against(alert)}</div>}
        </>
      ),
    },
    {
      key: 'checked',
      title: words.checked,
      render: ({ lastCheck }) => <TimeText at={lastCheck?.at} />,
    },
    {
      key: 'owner',
      title: words.owner,
      phone: 'hidden',
      render: ({ owner }) => (owner === user.name ? words.mine : userName(owner)),
    },
    {
      key: 'enabled',
      title: words.enabled,
      render: (alert) => {
        const isSaved = save.isPending && save.variables.params.alertId === alert.alertId;
        // Not `loading`: it disables the switch, and the keyboard loses its place in the table.
        return (
          <Switch
            size="small"
            aria-label={`${words.enabled}: ${alert.name}`}
            aria-busy={isSaved}
            checked={isSaved ? save.variables.body.enabled : alert.enabled}
            disabled={alert.owner !== user.name}
            onChange={(enabled) => {
              if (isSaved) return;
              save.mutate({ params: { alertId: alert.alertId }, body: { ...inputOf(alert), enabled } });
            }}
          />
        );
      },
    },
  ];
}
