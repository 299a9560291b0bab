import { useMemo } from 'react';
import type { Catalogue, Field, ReportAnswer, ReportDimension, ReportRequest } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { useCatalogue } from '../../../frame/use-catalogue.ts';
import { useBucketName } from '../use-bucket-name.ts';
import { propertiesOf, type InsightNames } from '../question/use-insight-names.ts';
import { attributesOf, detailsOf, entityOf, type Measure, type Subject } from './report-choices.ts';

type Value = ReportAnswer['rows'][number]['dimensions'][number];

export interface ReportNames {
  model: Catalogue | undefined;
  subject: (subject: Subject) => string;
  /** What a measure counts; its own title where it has one. */
  measure: (measure: Measure, subject: Subject) => string;
  dimension: (dimension: ReportDimension, subject: Subject) => string;
  /** A value of a dimension in the reader's words. */
  value: (dimension: ReportDimension | undefined, value: Value) => string;
  /** Fields with numbers that a measure can be over. */
  numbers: (subject: Subject) => readonly { name: string; title: string }[];
  titleOf: (report: ReportRequest) => string;
}

/** Names of subjects, measures, dimensions and their values in the reader's language. */
export function useReportNames(
  names: Pick<InsightNames, 'events' | 'property' | 'shown' | 'tags'>,
): ReportNames {
  const { text, language } = useReader();
  const model = useCatalogue();
  const bucketName = useBucketName();
  return useMemo(() => {
    const words = text.reports;
    const titled = (each: { name: string; title: Record<'zh' | 'en', string> } | undefined, name: string) =>
      each?.title[language] || name;
    const fieldsOf = (subject: Subject): readonly Field[] =>
      subject.kind === 'details'
        ? (detailsOf(model).find(({ name }) => name === subject.detail)?.fields ?? [])
        : attributesOf(model);
    const field = (name: string, subject: Subject) =>
      subject.kind === 'events'
        ? names.property(name)
        : titled(
            fieldsOf(subject).find((each) => each.name === name),
            name,
          );
    const subjectName = (subject: Subject): string => {
      if (subject.kind === 'people') return words.subjects.people;
      if (subject.kind === 'events') return names.shown(subject.event);
      return titled(
        detailsOf(model).find(({ name }) => name === subject.detail),
        subject.detail,
      );
    };
    const measure = (each: Measure, subject: Subject): string => {
      if (each.title) return each.title;
      if (each.kind === 'people') return words.peopleCount;
      if (!('field' in each)) return words.counts[subject.kind];
      const found =
        subject.kind === 'events' ? undefined : fieldsOf(subject).find(({ name }) => name === each.field);
      const unit = found?.unit === 'cny' ? words.yuan : '';
      return `${words.measures[each.kind](field(each.field, subject))}${unit}`;
    };
    const dimension = (each: ReportDimension, subject: Subject): string => {
      switch (each.kind) {
        case 'institution':
          return titled(
            model?.entityTypes.find(({ name }) => name === each.entityType),
            words.institution,
          );
        case 'relation':
          return titled(
            model?.relationTypes.find(({ name }) => name === each.relation),
            each.relation,
          );
        case 'attribute':
          return titled(
            attributesOf(model).find(({ name }) => name === each.attribute),
            each.attribute,
          );
        case 'tag':
          return names.tags.find(({ tagId }) => tagId === each.tag)?.name ?? each.tag;
        case 'time':
          return words.byTime[each.unit];
        case 'field': {
          const title = field(each.field, subject);
          if (!each.entityField) return title;
          const type = each.entityType ?? entityOf(model, each.field, subject);
          const ofEntity = model?.entityTypes
            .find(({ name }) => name === type)
            ?.fields.find(({ name }) => name === each.entityField);
          return `${title} · ${titled(ofEntity, each.entityField)}`;
        }
      }
    };
    const value = (of: ReportDimension | undefined, { value: id, title }: Value): string => {
      if (id === '') return of?.kind === 'institution' ? words.nowhere : text.insight.noValue;
      if (of?.kind === 'time') return bucketName(title, of.unit);
      return title === id ? ((text.words.value as Record<string, string | undefined>)[id] ?? id) : title;
    };
    const titleOf = (report: ReportRequest): string => {
      const by = report.dimensions
        .map((each) => dimension(each, report.subject))
        .join(text.punctuation.comma);
      const subject = subjectName(report.subject);
      return by ? words.titleBy(subject, by) : subject;
    };
    return {
      model,
      subject: subjectName,
      measure,
      dimension,
      value,
      numbers: (subject) =>
        subject.kind === 'events'
          ? propertiesOf(names, [subject.event.event]).filter(({ numeric }) => numeric)
          : fieldsOf(subject)
              .filter(({ valueType, pii }) => valueType === 'number' && pii !== 'identifying')
              .map((each) => ({ name: each.name, title: titled(each, each.name) })),
      titleOf,
    };
  }, [names.events, names.tags, names.property, names.shown, model, text, language, bucketName]);
}
