import { Button, Input, InputNumber, Select } from 'antd';
import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import type { Breakdown } from '@wutong/contract';
import { useText } from '../../../frame/reader.tsx';
import { Field } from './field.tsx';
import { PeopleField } from './people-field.tsx';
import { segmentExpression } from './segment-expression.ts';
import { propertiesOf, type InsightNames, type NamedProperty } from './use-insight-names.ts';
import { wideList } from '../../../parts/wide-list.ts';
import styles from './question.module.css';

type Group = Extract<Breakdown['by'], { kind: 'people' }>['groups'][number];

interface BreakdownFieldProps {
  value: Breakdown | undefined;
  onChange: (breakdown: Breakdown | undefined) => void;
  names: InsightNames;
  /** Events whose properties may tell groups apart; none where only people can be. */
  events?: readonly string[];
}

const NONE = 'none';
const PEOPLE = 'people';
const DEFAULT_LIMIT = 6;
const MOST_GROUPS = 10;

/** What events or people are told apart by. */
export function BreakdownField({ value, onChange, names, events = [] }: BreakdownFieldProps) {
  const { insight: words } = useText();
  const by = value?.by;
  const limit = value?.limit ?? DEFAULT_LIMIT;
  const choose = (chosen: string) => {
    const [kind, ...rest] = chosen.split(':');
    const name = rest.join(':');
    if (kind === 'property') onChange({ by: { kind, property: name }, limit });
    else if (kind === 'attribute') onChange({ by: { kind, attribute: name }, limit });
    else if (kind === PEOPLE) onChange({ by: { kind, groups: firstGroups(names) }, limit });
    else onChange(undefined);
  };
  const option = (kind: string) => (each: NamedProperty) => ({
    value: `${kind}:${each.name}`,
    label: each.title,
  });
  const properties = propertiesOf(names, events);
  const chosen =
    by === undefined
      ? NONE
      : by.kind === 'property'
        ? `property:${by.property}`
        : by.kind === 'attribute'
          ? `attribute:${by.attribute}`
          : PEOPLE;
  return (
    <Field label={words.breakdown}>
      <div className={styles.group}>
        <Select
          aria-label={words.breakdown}
          style={{ width: '100%', minWidth: 0 }}
          value={chosen}
          {...wideList}
          showSearch={{ optionFilterProp: 'label' }}
          options={[
            { value: NONE, label: words.noBreakdown },
            { value: PEOPLE, label: words.byPeople },
            ...(properties.length > 0
              ? [{ label: words.eventProperties, options: properties.map(option('property')) }]
              : []),
            ...(names.attributes.length > 0
              ? [{ label: words.personAttributes, options: names.attributes.map(option('attribute')) }]
              : []),
          ]}
          onChange={choose}
        />
        {by && by.kind !== PEOPLE && (
          <InputNumber
            aria-label={words.mostGroups}
            title={words.mostGroups}
            prefix={words.largest}
            style={{ width: 92 }}
            min={1}
            max={50}
            value={limit}
            onChange={(next) => value && onChange({ ...value, limit: next ?? DEFAULT_LIMIT })}
          />
        )}
      </div>
      {by?.kind === PEOPLE && (
        <Groups
          groups={by.groups}
          names={names}
          onChange={(groups) => onChange({ by: { ...by, groups }, limit })}
        />
      )}
    </Field>
  );
}

/** Begins with the first segments, so that the question can be asked at once. */
function firstGroups({ segments }: InsightNames): Group[] {
  const some = segments.slice(0, 2).map(({ segmentId, name }): Group => ({
    title: name.slice(0, 100),
    people: segmentExpression(segmentId),
  }));
  return some.length > 0 ? some : [{ title: '1', people: 'person' }];
}

interface GroupsProps {
  groups: readonly Group[];
  names: InsightNames;
  onChange: (groups: Group[]) => void;
}

/** Groups of people by expressions; the first that describes a person is the person's. */
function Groups({ groups, names, onChange }: GroupsProps) {
  const { insight: words } = useText();
  const change = (index: number, next: Group) =>
    onChange(groups.map((each, place) => (place === index ? next : each)));
  return (
    <div className={styles.events}>
      {groups.map((group, index) => (
        // A group has no identity besides its place.
        <div key={index} className={styles.event}>
          <div className={styles.group}>
            <Input
              size="small"
              aria-label={words.groupTitle}
              placeholder={words.groupTitle}
              maxLength={100}
              value={group.title}
              onChange={(event) => change(index, { ...group, title: event.target.value })}
            />
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              aria-label={words.remove}
              disabled={groups.length === 1}
              onClick={() => onChange(groups.filter((_, place) => place !== index))}
            />
          </div>
          <PeopleField
            label={group.title || words.groupTitle}
            value={group.people}
            names={names}
            onChange={(people) => people !== undefined && change(index, { ...group, people })}
          />
        </div>
      ))}
      {groups.length < MOST_GROUPS && (
        <Button
          type="link"
          size="small"
          icon={<PlusOutlined />}
          className={styles.add}
          onClick={() => {
            const used = new Set(groups.map(({ people }) => people));
            const fresh = names.segments.find(({ segmentId }) => !used.has(segmentExpression(segmentId)));
            onChange([
              ...groups,
              fresh
                ? { title: fresh.name.slice(0, 100), people: segmentExpression(fresh.segmentId) }
                : { title: words.everybody, people: 'person' },
            ]);
          }}
        >
          {words.addGroup}
        </Button>
      )}
    </div>
  );
}
