/** The people behind a number: any number of an answer opens them, from a page or from a dashboard. */
import { createContext, lazy, Suspense, useContext, useMemo, useState, type ReactNode } from 'react';
import { insightApi, type AnalysisCell } from '@wutong/contract';
import { useText } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import styles from './drill.module.css';

const PeopleDrawer = lazy(() => import('./people-drawer.tsx'));

export interface Drilled {
  of: AnalysisCell;
  /** What the number says, as the drawer's head line. */
  title: string;
}

type Drill = (drilled: Drilled) => void;
const DrillContext = createContext<Drill | undefined>(undefined);

/** Below it numbers can be opened, if the reader may see people. */
export function DrillProvider({ children }: { children: ReactNode }) {
  const may = useMay(insightApi.listAnalysisPeople);
  const [drilled, setDrilled] = useState<Drilled>();
  const drill = useMemo(() => (may ? setDrilled : undefined), [may]);
  return (
    <DrillContext.Provider value={drill}>
      {children}
      {drilled && (
        <Suspense fallback={null}>
          <PeopleDrawer drilled={drilled} onClose={() => setDrilled(undefined)} />
        </Suspense>
      )}
    </DrillContext.Provider>
  );
}

/** Below it no number opens: those of another period than the one that is asked about. */
export function WithoutDrill({ children }: { children: ReactNode }) {
  return <DrillContext.Provider value={undefined}>{children}</DrillContext.Provider>;
}

/** Opens the people behind a number; undefined where the reader may not see people. */
export const useDrill = (): Drill | undefined => useContext(DrillContext);

interface DrillNumberProps {
  of: AnalysisCell | undefined;
  title: string;
  children: ReactNode;
  className?: string;
  style?: React.CSSProperties;
}

/** A number that opens the people behind it; plain text where there is no way to them. */
export function DrillNumber({ of, title, children, className, style }: DrillNumberProps) {
  const { insight: words } = useText();
  const drill = useDrill();
  if (!drill || !of) {
    return (
      <span className={className} style={style}>
        {children}
      </span>
    );
  }
  return (
    <button
      type="button"
      className={`${styles.number} ${className ?? ''}`}
      style={style}
      title={`${title} · ${words.showPeople}`}
      aria-label={`${title} · ${words.showPeople}`}
      onClick={() => drill({ of, title })}
    >
      {children}
    </button>
  );
}
