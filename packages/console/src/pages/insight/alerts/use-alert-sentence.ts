/** An alert in words: what it watches, and when it is raised. */
import type { Alert, AlertInput } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { useInsightNames } from '../question/use-insight-names.ts';

export function useAlertSentence() {
  const { text, format } = useReader();
  const words = text.alerts;
  const { settled: _settled, ...names } = useInsightNames();
  const watched = ({ analysis }: Pick<AlertInput, 'analysis'>): string => {
    const [series] = analysis.series;
    if (!series) return '';
    const { measure } = series;
    const property = 'property' in measure ? ` ${names.property(measure.property)}` : '';
    return `${names.shown(series)} · ${text.insight.measures[measure.kind]}${property}`;
  };
  const condition = (alert: Pick<AlertInput, 'condition' | 'analysis'>): string => {
    const { condition: set, analysis } = alert;
    const days = 'lastDays' in analysis.period ? analysis.period.lastDays : 1;
    const period = text.insight.lastDays(days);
    switch (set.kind) {
      case 'threshold':
        return words.thresholdSentence[set.direction](period, format.decimal(set.value));
      case 'change':
        return words.changeSentence[set.direction](period, format.decimal(set.percent));
      case 'anomaly':
        return words.anomalySentence[set.direction ?? 'either'](text.insight.units[analysis.unit]);
    }
  };

  return {
    watched,
    condition,
    whole: (alert: Alert) => `${watched(alert)} · ${condition(alert)}`,
    /** What the last number is compared with. */
    against: ({ lastCheck }: Pick<Alert, 'lastCheck'>): string => {
      if (!lastCheck) return '';
      if (lastCheck.before !== undefined) return words.beforeWas(format.decimal(lastCheck.before));
      if (lastCheck.low !== undefined && lastCheck.high !== undefined) {
        return words.usual(format.decimal(lastCheck.low, 0), format.decimal(lastCheck.high, 0));
      }
      return '';
    },
  };
}
