import type { Analysis } from '@wutong/contract';
import type { runAnalysis } from '../analyses/run-analysis.ts';

type Answer = Awaited<ReturnType<typeof runAnalysis>>;
type Cell = string | number | null | undefined;
/** Names of columns, then the rows under them. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** The main table of an answer, as it is exported. */
export function tableOfAnswer(kind: Analysis['kind'], answer: Answer): Table {
  if (kind === 'trend' && 'series' in answer) {
    return {
      columns: [
        'bucket',
        ...answer.series.map((line) =>
          line.group === undefined ? line.title : `${line.title} · ${line.group}`,
        ),
      ],
      rows: answer.buckets.map((bucket, index) => [
        bucket,
        ...answer.series.map((line) => line.values[index]),
      ]),
    };
  }
  if (kind === 'funnel' && 'steps' in answer) {
    const groups = answer.groups ?? [{ group: '', steps: answer.steps }];
    return {
      columns: ['group', 'step', 'title', 'people', 'rate', 'step_rate'],
      rows: groups.flatMap(({ group, steps }) =>
        steps.map((step, index) => [group, index + 1, step.title, step.people, step.rate, step.stepRate]),
      ),
    };
  }
  if (kind === 'retention' && 'cohorts' in answer && 'overall' in answer) {
    const lines = answer.cohorts as readonly {
      from: string;
      group?: string;
      people: number;
      returned?: readonly (number | null)[];
    }[];
    const periods = lines[0]?.returned?.map((_, period) => `period_${period}`) ?? [];
    return {
      columns: ['cohort', 'group', 'people', ...periods],
      rows: lines.map((line) => [line.from, line.group, line.people, ...(line.returned ?? [])]),
    };
  }
  if (kind === 'path' && 'links' in answer) {
    return {
      columns: ['level', 'from', 'to', 'paths'],
      rows: answer.links.map((link) => [link.level, link.from, link.to, link.paths]),
    };
  }
  return tableOfOther(answer);
}

function tableOfOther(answer: Answer): Table {
  if ('bins' in answer) {
    return {
      columns: ['low', 'high', 'people'],
      rows: answer.bins.map((bin) => [bin.low, bin.high, bin.people]),
    };
  }
  if ('histogram' in answer) {
    return {
      columns: ['from_ms', 'to_ms', 'pairs'],
      rows: answer.histogram.map((bin) => [bin.fromMs, bin.toMs, bin.pairs]),
    };
  }
  if ('touches' in answer) {
    const models = Object.keys(answer.touches[0]?.credits ?? {});
    return {
      columns: [
        'touch',
        'people',
        'touches',
        ...models.flatMap((model) => [`${model}_conversions`, `${model}_value`]),
      ],
      rows: answer.touches.map((line) => [
        line.touch,
        line.people,
        line.touches,
        ...models.flatMap((model) => [line.credits[model]?.conversions, line.credits[model]?.value]),
      ]),
    };
  }
  if ('lengths' in answer) {
    return {
      columns: ['from', 'sessions', 'people', 'mean_ms', 'mean_events', 'bounce_share'],
      rows: answer.buckets.map((bucket) => [
        bucket.from,
        bucket.sessions,
        bucket.people,
        bucket.meanMs,
        bucket.meanEvents,
        bucket.bounceShare,
      ]),
    };
  }
  if ('cells' in answer) {
    return {
      columns: ['recency', 'frequency', 'value', 'people', 'mean_days', 'mean_events', 'mean_value'],
      rows: answer.cells.map((cell) => [
        cell.recency,
        cell.frequency,
        cell.value,
        cell.people,
        cell.meanDays,
        cell.meanEvents,
        cell.meanValue,
      ]),
    };
  }
  if ('cohorts' in answer) {
    const lines = answer.cohorts as readonly {
      from: string;
      people: number;
      cumulative?: readonly (number | null)[];
    }[];
    const periods = lines[0]?.cumulative?.map((_, period) => `period_${period}`) ?? [];
    return {
      columns: ['cohort', 'people', ...periods],
      rows: lines.map((line) => [line.from, line.people, ...(line.cumulative ?? [])]),
    };
  }
  return { columns: [], rows: [] };
}

/** Marks the text as UTF-8 for Excel. */
const BYTE_ORDER_MARK = '\u{feff}';

/** CSV after RFC 4180. A text that a spreadsheet would take for a formula is led by an apostrophe (OWASP). */
export function writeCsv({ columns, rows }: Table): string {
  const line = (cells: readonly Cell[]) => cells.map(writeCell).join(',');
  return `${BYTE_ORDER_MARK}${[columns, ...rows].map(line).join('\r\n')}\r\n`;
}

function writeCell(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
