import { lazy, Suspense } from 'react';
import { Loading } from '../../parts/states.tsx';
import type { Question, QuestionKind, QuestionOf } from './question/question.ts';
import type { InsightNames } from './question/use-insight-names.ts';

export interface AnswerViewProps<Kind extends QuestionKind> {
  question: QuestionOf<Kind>;
  names: InsightNames;
  /** On a dashboard: the chart alone. */
  tile?: boolean;
  /** How it is drawn, where there is a choice. */
  chart?: string;
  /** Room for the chart on a dashboard. */
  heightPx?: number;
  refetchIntervalMs?: number;
}

const TrendAnswer = lazy(() => import('./trend/trend-answer.tsx'));
const FunnelAnswer = lazy(() => import('./funnel/funnel-answer.tsx'));
const RetentionAnswer = lazy(() => import('./retention/retention-answer.tsx'));
const PathAnswer = lazy(() => import('./path/path-answer.tsx'));
const DistributionAnswer = lazy(() => import('./distribution/distribution-answer.tsx'));
const IntervalAnswer = lazy(() => import('./interval/interval-answer.tsx'));
const AttributionAnswer = lazy(() => import('./attribution/attribution-answer.tsx'));
const LifetimeValueAnswer = lazy(() => import('./lifetime-value/lifetime-value-answer.tsx'));
const SessionAnswer = lazy(() => import('./session/session-answer.tsx'));
const RecencyAnswer = lazy(() => import('./recency/recency-answer.tsx'));
const ReportAnswer = lazy(() => import('./reports/report-answer.tsx'));
const SequenceAnswer = lazy(() => import('./sequence/sequence-answer.tsx'));

type Shared = Omit<AnswerViewProps<'trend'>, 'question'>;

/** Asks a question and draws its answer, whatever its kind; each kind loads what it draws with. */
export function AnswerView({ question, ...shared }: Shared & { question: Question }) {
  return <Suspense fallback={<Loading rows={8} />}>{viewOf(question, shared)}</Suspense>;
}

function viewOf(question: Question, shared: Shared) {
  switch (question.kind) {
    case 'trend':
      return <TrendAnswer {...shared} question={question} />;
    case 'funnel':
      return <FunnelAnswer {...shared} question={question} />;
    case 'retention':
      return <RetentionAnswer {...shared} question={question} />;
    case 'path':
      return <PathAnswer {...shared} question={question} />;
    case 'distribution':
      return <DistributionAnswer {...shared} question={question} />;
    case 'interval':
      return <IntervalAnswer {...shared} question={question} />;
    case 'attribution':
      return <AttributionAnswer {...shared} question={question} />;
    case 'lifetime_value':
      return <LifetimeValueAnswer {...shared} question={question} />;
    case 'session':
      return <SessionAnswer {...shared} question={question} />;
    case 'recency':
      return <RecencyAnswer {...shared} question={question} />;
    case 'report':
      return <ReportAnswer {...shared} question={question} />;
    case 'sequence':
      return <SequenceAnswer {...shared} question={question} />;
  }
}
