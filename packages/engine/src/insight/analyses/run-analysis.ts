import type { Analysis, AnalysisCell } from '@wutong/contract';
import { analyseAttribution, peopleOfAttribution } from './attribution.ts';
import { analyseDistribution, peopleOfDistribution } from './distribution.ts';
import { analyseFunnel, peopleOfFunnel } from './funnel.ts';
import { analyseInterval, peopleOfInterval } from './interval.ts';
import { analyseLifetimeValue, peopleOfLifetimeValue } from './lifetime-value.ts';
import { analysePath, peopleOfPath } from './path.ts';
import type { PeopleQuery } from './people-query.ts';
import { analyseRecency, peopleOfRecency } from './recency.ts';
import { analyseRetention, peopleOfRetention } from './retention.ts';
import type { AnalysisNeeds } from './scope-sql.ts';
import { analyseSession, peopleOfSession } from './session.ts';
import { analyseTrend, peopleOfTrend } from './trend.ts';

/** The answer to a saved question, whatever its kind. */
export function runAnalysis(needs: AnalysisNeeds, analysis: Analysis) {
  switch (analysis.kind) {
    case 'trend':
      return analyseTrend(needs, analysis);
    case 'funnel':
      return analyseFunnel(needs, analysis);
    case 'retention':
      return analyseRetention(needs, analysis);
    case 'path':
      return analysePath(needs, analysis);
    case 'distribution':
      return analyseDistribution(needs, analysis);
    case 'interval':
      return analyseInterval(needs, analysis);
    case 'attribution':
      return analyseAttribution(needs, analysis);
    case 'lifetime_value':
      return analyseLifetimeValue(needs, analysis);
    case 'session':
      return analyseSession(needs, analysis);
    case 'recency':
      return analyseRecency(needs, analysis);
  }
}

/** The people behind one number of an answer. */
export function peopleOfCell(needs: AnalysisNeeds, of: AnalysisCell): Promise<PeopleQuery> {
  switch (of.kind) {
    case 'trend':
      return peopleOfTrend(needs, of.analysis, of.cell);
    case 'funnel':
      return peopleOfFunnel(needs, of.analysis, of.cell);
    case 'retention':
      return peopleOfRetention(needs, of.analysis, of.cell);
    case 'path':
      return peopleOfPath(needs, of.analysis, of.cell);
    case 'distribution':
      return peopleOfDistribution(needs, of.analysis, of.cell);
    case 'interval':
      return peopleOfInterval(needs, of.analysis, of.cell);
    case 'attribution':
      return peopleOfAttribution(needs, of.analysis, of.cell);
    case 'lifetime_value':
      return peopleOfLifetimeValue(needs, of.analysis, of.cell);
    case 'session':
      return peopleOfSession(needs, of.analysis, of.cell);
    case 'recency':
      return peopleOfRecency(needs, of.analysis, of.cell);
  }
}
