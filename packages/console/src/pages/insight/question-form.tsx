import { AttributionForm } from './attribution/attribution-form.tsx';
import { DistributionForm } from './distribution/distribution-form.tsx';
import { FunnelForm } from './funnel/funnel-form.tsx';
import { IntervalForm } from './interval/interval-form.tsx';
import { LifetimeValueForm } from './lifetime-value/lifetime-value-form.tsx';
import { PathForm } from './path/path-form.tsx';
import type { Question } from './question/question.ts';
import type { InsightNames } from './question/use-insight-names.ts';
import { RecencyForm } from './recency/recency-form.tsx';
import { ReportForm } from './reports/report-form.tsx';
import { RetentionForm } from './retention/retention-form.tsx';
import { SequenceForm } from './sequence/sequence-form.tsx';
import { SessionForm } from './session/session-form.tsx';
import { TrendForm } from './trend/trend-form.tsx';

interface QuestionFormProps {
  question: Question;
  onChange: (question: Question) => void;
  names: InsightNames;
}

/** The fields of a question of any kind. */
export function QuestionForm({ question, onChange, names }: QuestionFormProps) {
  const shared = { onChange, names };
  switch (question.kind) {
    case 'trend':
      return <TrendForm {...shared} question={question} />;
    case 'funnel':
      return <FunnelForm {...shared} question={question} />;
    case 'retention':
      return <RetentionForm {...shared} question={question} />;
    case 'path':
      return <PathForm {...shared} question={question} />;
    case 'distribution':
      return <DistributionForm {...shared} question={question} />;
    case 'interval':
      return <IntervalForm {...shared} question={question} />;
    case 'attribution':
      return <AttributionForm {...shared} question={question} />;
    case 'lifetime_value':
      return <LifetimeValueForm {...shared} question={question} />;
    case 'session':
      return <SessionForm {...shared} question={question} />;
    case 'recency':
      return <RecencyForm {...shared} question={question} />;
    case 'report':
      return <ReportForm {...shared} question={question} />;
    case 'sequence':
      return <SequenceForm {...shared} question={question} />;
  }
}
