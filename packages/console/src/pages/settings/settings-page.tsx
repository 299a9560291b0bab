import { App, Button, InputNumber } from 'antd';
import { useState } from 'react';
import { decisionApi, insightApi, platformApi } from '@wutong/contract';
import type { Policy } from '../../api/vocabulary.ts';
import { CALM_MS, useRead, useWrite } from '../../api/use-endpoint.ts';
import { roomsWithLoops, useHealth, wordOfLight } from '../../frame/health-lights.tsx';
import { useReader } from '../../frame/reader.tsx';
import { useMay, useSession } from '../../frame/session.tsx';
import { Facts, type Fact } from '../../parts/facts.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { StateMark, toneOf } from '../../parts/state-mark.tsx';
import { Answer } from '../../parts/states.tsx';
import { wordFor } from '../../text/text.ts';
import { OperatorPanel } from './operator-panel.tsx';
import { TokenPanel } from './token-panel.tsx';
import { UserPanel } from './user-panel.tsx';
import styles from './settings.module.css';

/** State of the platform, the bank's contact rules, users. */
export default function SettingsPage() {
  const { text } = useReader();
  const words = text.data.settings;
  const mayUsers = useMay(platformApi.listUsers);
  const mayOperate = useMay(insightApi.readOperatorAlerts);
  return (
    <Page title={words.title} lead={words.lead}>
      <div className={styles.columns}>
        <PlatformPanel />
        <PolicyPanel />
      </div>
      {mayOperate && <OperatorPanel />}
      {mayUsers && <UserPanel />}
      {mayUsers && <TokenPanel />}
    </Page>
  );
}

function PlatformPanel() {
  const { text } = useReader();
  const words = text.data.settings;
  const { bank } = useSession();
  const mayWrite = useMay(platformApi.setClock);
  const health = useHealth();
  return (
    <Panel title={words.platform}>
      <Facts
        facts={[
          [words.bank, bank.name],
          [words.timeZone, bank.timeZone],
          [words.version, health?.version ?? '–'],
          ...(['postgres', 'clickhouse'] as const).map((engine): Fact => [
            engine === 'postgres' ? 'PostgreSQL' : 'ClickHouse',
            <StateMark key={engine} tone={toneOf(health?.[engine])}>
              {wordOfLight(health?.[engine] ?? 'unknown', text.frame)}
            </StateMark>,
          ]),
          ...roomsWithLoops(health).map(({ room, state, detail }): Fact => [
            wordFor(text.frame.rooms, room),
            <StateMark key={room} tone={toneOf(state)}>
              {wordOfLight(state, text.frame)}
              {detail && <span className="faint"> {detail}</span>}
            </StateMark>,
          ]),
          [
            words.api,
            <a key="api" href="/api/docs" target="_blank" rel="noreferrer" title={words.apiHint}>
              {words.openApi}
            </a>,
          ],
        ]}
      />
      {bank.demo && mayWrite && <ClockControl />}
    </Panel>
  );
}

function ClockControl() {
  const { text } = useReader();
  const words = text.data.settings;
  const { message } = App.useApp();
  const clock = useRead(platformApi.readClock);
  const [rate, setRate] = useState<number | null>(null);
  const set = useWrite(platformApi.setClock, [platformApi.readClock]);
  if (!clock.data || clock.data.caughtUp) return null;
  return (
    <div className={styles.clock}>
      <b>{words.clock}</b>
      <p className="faint">{words.clockHint}</p>
      <div className="row">
        <InputNumber
          min={1}
          max={100_000}
          aria-label={words.clock}
          value={rate ?? clock.data.rate}
          onChange={setRate}
        />
        <Button
          loading={set.isPending}
          disabled={rate === null}
          onClick={() =>
            rate !== null &&
            set.mutate({ body: { rate } }, { onError: (error) => void message.error(error.message) })
          }
        >
          {words.setRate}
        </Button>
      </div>
    </div>
  );
}

function PolicyPanel() {
  const { text } = useReader();
  const words = text.data.settings;
  const stored = useRead(decisionApi.readPolicy, undefined, { refetchIntervalMs: CALM_MS });
  return (
    <Panel
      title={words.policy}
      definition={words.policyHint}
      extra={stored.data && words.revision(String(stored.data.revision))}
    >
      <Answer query={stored}>{({ policy }) => <PolicyFacts policy={policy} />}</Answer>
    </Panel>
  );
}

function PolicyFacts({ policy }: { policy: Policy }) {
  const { text, format } = useReader();
  const words = text.data.settings;
  const { panel } = text.strategy;
  const channelName = (channel: string) =>
    channel === 'any' ? panel.anyChannel : wordFor(text.words.channel, channel);
  const { comma } = text.punctuation;
  return (
    <Facts
      facts={[
        [words.consent, policy.consentPurposes.map((each) => wordFor(text.words.purpose, each)).join(comma)],
        ...policy.caps.map(({ channel, limit, window }, index): Fact => [
          index === 0 ? words.caps : '',
          panel.cap(channelName(channel), format.integer(limit), panel.window[window]),
        ]),
        ...policy.quietHours.map(({ from, to, channels }, index): Fact => [
          index === 0 ? words.quietHours : '',
          `${from}–${to} · ${channels.map(channelName).join(comma)}`,
        ]),
        [words.holdout, format.percent(policy.globalHoldoutShare / 10_000)],
        [words.minimumAge, words.years(format.integer(policy.minimumAgeYears))],
        [words.suitability, words.days(format.integer(policy.suitability.validityDays))],
      ]}
    />
  );
}
