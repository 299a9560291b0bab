/** Reports to begin with, made of whatever the bank's model has. Pure: the model in, questions out. */
import { reportRequestSchema, type Catalogue, type ReportDimension } from '@wutong/contract';
import type { QuestionOf } from '../question/question.ts';
import { ANY_EVENT } from '../question/use-insight-names.ts';
import {
  attributesOf,
  detailsOf,
  dimensionOf,
  entityOf,
  relationsOf,
  treeOf,
  usable,
  type Subject,
} from './report-choices.ts';

type Report = QuestionOf<'report'>;
export const templateKeys = ['institutions', 'managers', 'products', 'months', 'activity'] as const;
export type TemplateKey = (typeof templateKeys)[number];

/** Tops of a bank's tree are mostly one head office: its parts say more. */
const FIRST_LEVELS = 2;
const MONTHS_DAYS = 180;

const made = (report: object): Report => ({ kind: 'report', ...reportRequestSchema.parse(report) });
const PEOPLE: Subject = { kind: 'people' };

/** The templates that the model has the parts for. */
export function templatesOf(model: Catalogue | undefined): { key: TemplateKey; report: Report }[] {
  return templateKeys.flatMap((key) => {
    const report = templateOf(key, model);
    return report ? [{ key, report }] : [];
  });
}

/** What the page asks before somebody has: the first template, or how many people there are. */
export function firstReport(model: Catalogue | undefined): Report {
  return templatesOf(model)[0]?.report ?? made({ subject: PEOPLE, measures: [{ kind: 'people' }] });
}

function templateOf(key: TemplateKey, model: Catalogue | undefined): Report | undefined {
  const institution = byInstitution(model);
  const manager = relationsOf(model).find(
    ({ to, cardinality }) => cardinality === 'many_to_one' && to !== treeOf(model)?.entityType,
  );
  const amount = attributesOf(model).find(({ valueType }) => valueType === 'number')?.name;
  const wealth = amount
    ? [
        { kind: 'sum', field: amount },
        { kind: 'avg', field: amount },
      ]
    : [];
  const measures = [{ kind: 'people' }, ...wealth];
  switch (key) {
    case 'institutions':
      return institution && made({ subject: PEOPLE, measures, dimensions: [institution] });
    case 'managers':
      return (
        manager &&
        made({ subject: PEOPLE, measures, dimensions: [{ kind: 'relation', relation: manager.name }] })
      );
    case 'products':
      return byProduct(model);
    case 'months':
      return byMonth(model);
    case 'activity':
      return (
        institution &&
        made({
          subject: { kind: 'events', event: { event: ANY_EVENT } },
          period: { lastDays: 30 },
          compare: 'previous_period',
          measures: [{ kind: 'people' }, { kind: 'count' }],
          dimensions: [institution],
        })
      );
  }
}

function byInstitution(model: Catalogue | undefined): ReportDimension | undefined {
  const dimension = dimensionOf('institution', model, PEOPLE);
  return dimension?.kind === 'institution' ? { ...dimension, levels: FIRST_LEVELS } : undefined;
}

/** The first detail that has a number, and what it is of. */
function countedDetail(model: Catalogue | undefined) {
  for (const detail of detailsOf(model)) {
    const amount = usable(detail.fields).find(({ valueType }) => valueType === 'number')?.name;
    const subject: Subject = { kind: 'details', detail: detail.name };
    const reference = detail.fields.find(({ name }) => entityOf(model, name, subject) !== undefined)?.name;
    if (amount) return { subject, amount, reference };
  }
  return undefined;
}

function byProduct(model: Catalogue | undefined): Report | undefined {
  const counted = countedDetail(model);
  if (!counted?.reference) return undefined;
  const { subject, amount, reference } = counted;
  return made({
    subject,
    measures: [
      { kind: 'sum', field: amount },
      { kind: 'people' },
      { kind: 'count' },
      { kind: 'avg', field: amount },
    ],
    dimensions: [{ kind: 'field', field: reference, entityType: entityOf(model, reference, subject) }],
  });
}

function byMonth(model: Catalogue | undefined): Report | undefined {
  const counted = countedDetail(model);
  if (!counted) return undefined;
  return made({
    subject: counted.subject,
    period: { lastDays: MONTHS_DAYS },
    compare: 'previous_period',
    measures: [{ kind: 'sum', field: counted.amount }, { kind: 'count' }, { kind: 'people' }],
    dimensions: [{ kind: 'time', unit: 'month' }],
  });
}
