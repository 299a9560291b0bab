import { useEffect, useRef, type ComponentType } from 'react';
import {
  AreaChartOutlined,
  BarChartOutlined,
  ClockCircleOutlined,
  DollarOutlined,
  FieldTimeOutlined,
  FunnelPlotOutlined,
  HeatMapOutlined,
  LineChartOutlined,
  NodeIndexOutlined,
  OrderedListOutlined,
  PartitionOutlined,
} from '@ant-design/icons';
import { insightApi } from '@wutong/contract';
import { NavLink, useLocation } from 'react-router-dom';
import { useText } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { behaviourKinds, slugOf, type BehaviourKind } from './question/question.ts';
import styles from './analysis-page.module.css';

const icons: Record<BehaviourKind, ComponentType> = {
  trend: LineChartOutlined,
  funnel: FunnelPlotOutlined,
  retention: HeatMapOutlined,
  path: NodeIndexOutlined,
  distribution: BarChartOutlined,
  interval: ClockCircleOutlined,
  attribution: PartitionOutlined,
  lifetime_value: DollarOutlined,
  session: FieldTimeOutlined,
  recency: AreaChartOutlined,
  sequence: OrderedListOutlined,
};

/** All kinds of questions; each is an address of its own. */
export function KindTabs() {
  const { insight: words } = useText();
  const mayFollow = useMay(insightApi.analyseSequence);
  const { pathname } = useLocation();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the kinds are wider than the screen; the chosen one must be seen.
    const active = nav.current?.querySelector<HTMLElement>('[aria-current="page"]');
    if (nav.current && active) nav.current.scrollLeft = active.offsetLeft - nav.current.offsetLeft - 40;
  }, [pathname]);
  return (
    <nav ref={nav} className={styles.kinds} aria-label={words.chooseKind}>
      {behaviourKinds
        .filter((kind) => kind !== 'sequence' || mayFollow)
        .map((kind) => {
          const Icon = icons[kind];
          return (
            <NavLink
              key={kind}
              to={`/insight/analyses/${slugOf(kind)}`}
              title={words.kindHints[kind]}
              className={({ isActive }) => (isActive ? `${styles.kind} ${styles.active}` : styles.kind)}
            >
              <Icon />
              {words.kinds[kind]}
            </NavLink>
          );
        })}
    </nav>
  );
}
