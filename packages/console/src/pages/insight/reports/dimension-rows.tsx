import { Button, InputNumber, Select } from 'antd';
import { CloseOutlined } from '@ant-design/icons';
import type { BucketUnit, ReportDimension } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { propertiesOf, type InsightNames } from '../question/use-insight-names.ts';
import questionStyles from '../question/question.module.css';
import {
  attributesOf,
  detailsOf,
  dimensionOf,
  entityOf,
  keyOfDimension,
  relationsOf,
  treeOf,
  usable,
  type Subject,
} from './report-choices.ts';
import type { ReportNames } from './use-report-names.ts';
import { wideList } from '../../../parts/wide-list.ts';
import styles from './report-form.module.css';

const MOST = 4;
const MOST_LEVELS = 5;
const units: readonly BucketUnit[] = ['day', 'week', 'month'];

interface DimensionRowsProps {
  dimensions: readonly ReportDimension[];
  subject: Subject;
  /** The report has a period, so that times can be told apart. */
  timed: boolean;
  names: InsightNames;
  shown: ReportNames;
  onChange: (dimensions: ReportDimension[]) => void;
}

/** What rows are told apart by, in their order. */
export function DimensionRows(props: DimensionRowsProps) {
  const { dimensions, subject, onChange, shown } = props;
  const { text } = useReader();
  const words = text.reports;
  const used = new Set(dimensions.map(keyOfDimension));
  const groups = useDimensionGroups(props);
  const optionsFor = (own: string | undefined) =>
    groups.map((group) => ({
      ...group,
      options: group.options.filter(({ value }) => value === own || !used.has(value)),
    }));
  const change = (place: number, next: ReportDimension) =>
    onChange(dimensions.map((each, index) => (index === place ? next : each)));
  const choose = (key: string, place: number) => {
    const next = dimensionOf(key, shown.model, subject);
    if (next) onChange([...dimensions.slice(0, place), next, ...dimensions.slice(place + 1)]);
  };
  return (
    <div className={questionStyles.events}>
      {dimensions.map((dimension, place) => (
        <div key={keyOfDimension(dimension)} className={styles.row} data-plain={!hasSetting(dimension)}>
          <Select
            aria-label={words.dimension}
            value={keyOfDimension(dimension)}
            {...wideList}
            showSearch={{ optionFilterProp: 'label' }}
            options={optionsFor(keyOfDimension(dimension))}
            onChange={(key) => choose(key, place)}
          />
          <Setting dimension={dimension} onChange={(next) => change(place, next)} />
          <Button
            type="text"
            size="small"
            icon={<CloseOutlined />}
            aria-label={text.insight.remove}
            onClick={() => onChange(dimensions.filter((_, index) => index !== place))}
          />
        </div>
      ))}
      {dimensions.length < MOST && (
        <Select
          aria-label={words.addDimension}
          // Chosen ones stand above; this one is always empty.
          value={null}
          placeholder={`＋ ${words.addDimension}`}
          {...wideList}
          showSearch={{ optionFilterProp: 'label' }}
          options={optionsFor(undefined).filter(({ options }) => options.length > 0)}
          onChange={(key: string | null) => key !== null && choose(key, dimensions.length)}
        />
      )}
    </div>
  );
}

const hasSetting = ({ kind }: ReportDimension): boolean => kind === 'institution' || kind === 'time';

interface SettingProps {
  dimension: ReportDimension;
  onChange: (dimension: ReportDimension) => void;
}

/** What else a dimension says: how many levels of the tree, how long a time. */
function Setting({ dimension, onChange }: SettingProps) {
  const { text } = useReader();
  const words = text.reports;
  if (dimension.kind === 'institution') {
    return (
      <InputNumber
        aria-label={words.levels}
        title={words.levels}
        suffix={words.levelsUnit}
        style={{ width: '100%' }}
        min={1}
        max={MOST_LEVELS}
        value={dimension.levels}
        onChange={(levels) => onChange({ ...dimension, levels: levels ?? 1 })}
      />
    );
  }
  if (dimension.kind === 'time') {
    return (
      <Select
        aria-label={words.timeUnit}
        value={dimension.unit}
        options={units.map((unit) => ({ value: unit, label: words.byTime[unit] }))}
        onChange={(unit) => onChange({ ...dimension, unit })}
      />
    );
  }
  return null;
}

/** All dimensions that fit the subject, in groups. */
function useDimensionGroups({ subject, timed, names, shown }: DimensionRowsProps) {
  const { reports: words } = useReader().text;
  const { model } = shown;
  const tree = treeOf(model);
  const option = (dimension: ReportDimension) => ({
    value: keyOfDimension(dimension),
    label: shown.dimension(dimension, subject),
  });
  const made = (key: string) => {
    const dimension = dimensionOf(key, model, subject);
    return dimension ? [option(dimension)] : [];
  };
  const ofDetail =
    subject.kind === 'details'
      ? usable(detailsOf(model).find(({ name }) => name === subject.detail)?.fields ?? []).filter(
          ({ valueType }) => valueType === 'string' || valueType === 'boolean',
        )
      : [];
  const ofEvent = subject.kind === 'events' ? propertiesOf(names, [subject.event.event]) : [];
  const entityFields = (field: string) => {
    const type = model?.entityTypes.find(({ name }) => name === entityOf(model, field, subject));
    return usable(type?.fields ?? [])
      .filter(({ name, valueType }) => name !== type?.titleField && valueType === 'string')
      .flatMap(({ name }) => made(`entity:${field}:${name}`));
  };
  const fields = [...ofDetail.map(({ name }) => name), ...ofEvent.map(({ name }) => name)].flatMap((name) => [
    ...made(`field:${name}`),
    ...entityFields(name),
  ]);
  return [
    {
      label: words.groups.organisation,
      options: [
        ...(tree
          ? [
              {
                value: 'institution',
                label: words.institutionTree(
                  shown.dimension({ kind: 'institution', ...tree, levels: 1 }, subject),
                ),
              },
            ]
          : []),
        ...relationsOf(model)
          .filter(({ to }) => to !== tree?.entityType)
          .flatMap(({ name }) => made(`relation:${name}`)),
      ],
    },
    { label: subject.kind === 'events' ? words.groups.event : words.groups.detail, options: fields },
    { label: words.groups.time, options: timed && subject.kind !== 'people' ? made('time') : [] },
    { label: words.groups.tag, options: names.tags.flatMap(({ tagId }) => made(`tag:${tagId}`)) },
    {
      label: words.groups.attribute,
      options: attributesOf(model)
        .filter(({ valueType }) => valueType === 'string' || valueType === 'boolean')
        .flatMap(({ name }) => made(`attribute:${name}`)),
    },
  ].filter(({ options }) => options.length > 0);
}
