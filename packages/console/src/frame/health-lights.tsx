import { Popover } from 'antd';
import { platformApi, type ResponseOf } from '@wutong/contract';
import { useRead } from '../api/use-endpoint.ts';
import { wordFor, type Text } from '../text/text.ts';
import { useText } from './reader.tsx';
import styles from './health-lights.module.css';

type Health = ResponseOf<typeof platformApi.readHealth>;
export type Light = 'ok' | 'degraded' | 'down' | 'unknown';
export type Tong = keyof Text['frame']['tong'];

/** Which rooms carry which of the five connections (product.md's table). */
const roomsOfTong: Record<Tong, readonly string[]> = {
  channel: ['hub', 'content'],
  data: ['ingest', 'identity', 'profile'],
  decision: ['audience', 'decision'],
  execution: ['canvas', 'hub'],
  feedback: ['insight'],
};

export const tongs = Object.keys(roomsOfTong) as Tong[];

const badness: Record<Light, number> = { ok: 0, unknown: 1, degraded: 2, down: 3 };

const worst = (lights: Light[]): Light =>
  lights.reduce<Light>((found, light) => (badness[light] > badness[found] ? light : found), 'ok');

export interface RoomHealth {
  room: string;
  state: Light;
  /** What the failing parts of the room say, if any. */
  detail: string | undefined;
}

/** Health by room: the server reports each loop as `room.loop`, and people think in rooms. */
export function roomsWithLoops(health: Health | undefined): RoomHealth[] {
  const rooms = new Map<string, Health['rooms']>();
  for (const each of health?.rooms ?? []) {
    const name = each.room.split('.')[0] ?? each.room;
    rooms.set(name, [...(rooms.get(name) ?? []), each]);
  }
  return [...rooms].map(([room, loops]) => {
    const failing = loops.filter(({ state }) => state !== 'ok');
    return {
      room,
      state: worst(loops.map(({ state }) => state)),
      detail: failing.map((loop) => loop.detail ?? loop.room).join(' · ') || undefined,
    };
  });
}

/** The light of one connection: the worst of its rooms; without an engine nothing is well. */
export function lightOf(tong: Tong, health: Health | undefined): Light {
  if (!health) return 'unknown';
  const rooms = roomsWithLoops(health)
    .filter(({ room }) => roomsOfTong[tong].includes(room))
    .map(({ state }) => state);
  return worst([health.postgres, health.clickhouse, ...rooms]);
}

export function wordOfLight(light: Light, frame: Text['frame']): string {
  return {
    ok: frame.healthOk,
    degraded: frame.healthDegraded,
    down: frame.healthDown,
    unknown: frame.healthUnknown,
  }[light];
}

/** Reads the health of the platform; shared by the bar and the overview. */
export function useHealth(): Health | undefined {
  return useRead(platformApi.readHealth, undefined, { refetchIntervalMs: 5_000 }).data;
}

/** Five lights, one for each connection; the panel behind them names each room and what it says. */
export function HealthLights() {
  const { frame } = useText();
  const health = useHealth();
  const all = worst(tongs.map((tong) => lightOf(tong, health)));
  return (
    <Popover
      placement="bottomRight"
      trigger="click"
      title={frame.health}
      content={<HealthDetail health={health} />}
    >
      <button
        type="button"
        className={styles.lights}
        aria-label={`${frame.health}: ${wordOfLight(all, frame)}`}
      >
        {tongs.map((tong) => (
          <span key={tong} className={styles.light} data-light={lightOf(tong, health)}>
            <i />
            <span>{frame.tong[tong].short}</span>
          </span>
        ))}
      </button>
    </Popover>
  );
}

function HealthDetail({ health }: { health: Health | undefined }) {
  const { frame } = useText();
  if (!health) return <p>{frame.healthUnknown}</p>;
  const lines: [string, Light, string | undefined][] = [
    ['PostgreSQL', health.postgres, undefined],
    ['ClickHouse', health.clickhouse, undefined],
    ...roomsWithLoops(health).map(({ room, state, detail }): [string, Light, string | undefined] => [
      wordFor(frame.rooms, room),
      state,
      detail,
    ]),
  ];
  return (
    <ul className={styles.detail}>
      {lines.map(([name, light, detail]) => (
        <li key={name}>
          <span className={styles.light} data-light={light}>
            <i />
            {name}
          </span>
          <span className="faint">{detail ?? wordOfLight(light, frame)}</span>
        </li>
      ))}
      <li className="faint">Wutong {health.version}</li>
    </ul>
  );
}
