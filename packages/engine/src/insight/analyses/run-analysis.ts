import type { Analysis, AnalysisCell } from '@wutong/contract';
import { analyseAttribution, peopleOfAttribution } from './attribution.ts';
import { withCompared } from './compare-periods.ts';
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
import { withGroups, withinGroup } from './split-by-people.ts';
import { peopleOfReport, runReport } from '../reports/run-report.ts';
import { readReportSettings } from '../report-settings.ts';
import { analyseTrend, peopleOfTrend } from './trend.ts';

/** The answer to a saved question, whatever its kind. */
export async function runAnalysis(needs: AnalysisNeeds, analysis: Analysis) {
  switch (analysis.kind) {
    case 'trend':
      return analyseTrend(needs, analysis);
    case 'funnel':
      return withCompared(needs, analysis, analyseFunnel);
    case 'retention':
      return withCompared(needs, analysis, analyseRetention);
    case 'path':
      return withGroups(needs, analysis, analysePath);
    case 'distribution':
      return withCompared(needs, analysis, analyseDistribution);
    case 'interval':
      return withGroups(needs, analysis, analyseInterval);
    case 'attribution':
      return withGroups(needs, analysis, analyseAttribution);
    case 'lifetime_value':
      return withGroups(needs, analysis, analyseLifetimeValue);
    case 'session':
      return withGroups(needs, analysis, analyseSession);
    case 'recency':
      return withGroups(needs, analysis, analyseRecency);
    case 'report': {
      const { smallestGroup } = await readReportSettings(needs.platform.settings);
      return runReport(needs, analysis, smallestGroup);
    }
  }
}

/** The people behind one number of an answer. */
export async function peopleOfCell(needs: AnalysisNeeds, of: AnalysisCell): Promise<PeopleQuery> {
  switch (of.kind) {
    case 'trend':
      return peopleOfTrend(needs, of.analysis, of.cell);
    case 'funnel':
      return peopleOfFunnel(needs, of.analysis, of.cell);
    case 'retention':
      return peopleOfRetention(needs, of.analysis, of.cell);
    case 'path':
      return peopleOfPath(needs, withinGroup(of.analysis, of.cell.group), of.cell);
    case 'distribution':
      return peopleOfDistribution(needs, of.analysis, of.cell);
    case 'interval':
      return peopleOfInterval(needs, withinGroup(of.analysis, of.cell.group), of.cell);
    case 'attribution':
      return peopleOfAttribution(needs, withinGroup(of.analysis, of.cell.group), of.cell);
    case 'lifetime_value':
      return peopleOfLifetimeValue(needs, withinGroup(of.analysis, of.cell.group), of.cell);
    case 'session':
      return peopleOfSession(needs, withinGroup(of.analysis, of.cell.group), of.cell);
    case 'recency':
      return peopleOfRecency(needs, withinGroup(of.analysis, of.cell.group), of.cell);
    case 'report':
      return peopleOfReport(needs, of.analysis, of.cell);
  }
}
