import { ingestionTasksApi, type Field } from '@wutong/contract';
import { describe, expect, test } from 'vitest';
import {
  definitionOf,
  isComplete,
  newDraft,
  sampledColumns,
  type TaskDraft,
} from '../src/pages/data/ingestion/task-draft.ts';
import { emptyPlan, suggestColumns } from '../src/pages/data/mapping/suggest-plan.ts';
import { fieldOf, fieldValuesOf } from '../src/pages/entities/field-values.ts';

const preview = {
  columns: [
    { name: 'cust_no', type: 'Nullable(String)' },
    { name: 'amount', type: 'Nullable(Decimal(12, 2))' },
    { name: 'updated_at', type: 'Nullable(DateTime64(6))' },
  ],
  rows: [['K******', '41*****', '2026-11-01 00:01:00.000000']],
  masked: true,
};
const draft: TaskDraft = {
  ...newDraft,
  taskId: 'daily_amounts',
  name: '每日金额',
  sourceId: 'core_dw',
  sql: 'select 1',
  key: ['cust_no'],
  watermark: 'updated_at',
};

describe('an ingestion task', () => {
  const columns = sampledColumns(preview);
  const plan = suggestColumns(emptyPlan('person', columns), columns, {
    keyTypes: ['customer_number'],
    catalogue: undefined,
  });

  test('types are seen although values are masked', () => {
    expect(plan.columns.map(({ use }) => (use.as === 'field' ? use.field.valueType : use.as))).toEqual([
      'key',
      'number',
      'datetime',
    ]);
  });

  test('what the editor makes is what the contract takes', () => {
    expect(isComplete(draft, plan, false)).toBe(true);
    const parsed = ingestionTasksApi.taskDefinitionSchema.safeParse(definitionOf(draft, plan, undefined));
    expect(parsed.error).toBeUndefined();
  });

  test('a stored task keeps its mapping until somebody says it anew', () => {
    const kept = { timeZone: 'Europe/Prague', records: [] } as never;
    expect(isComplete(draft, undefined, true)).toBe(true);
    expect(isComplete(draft, undefined, false)).toBe(false);
    expect(definitionOf(draft, undefined, kept).mapping).toBe(kept);
  });

  test('incremental reading needs a watermark', () => {
    expect(isComplete({ ...draft, watermark: '' }, plan, false)).toBe(false);
    expect(isComplete({ ...draft, watermark: '', mode: 'full' }, plan, false)).toBe(true);
  });
});

test('the form of a field gives back what it was given, and makes a learnt one declared', () => {
  const field: Field = {
    name: 'city',
    title: { zh: '城市', en: 'City' },
    valueType: 'string',
    pii: 'sensitive',
    mask: 'all',
    values: ['上海'],
    learnt: true,
  };
  const { learnt: _learnt, ...declared } = field;
  expect(fieldOf(fieldValuesOf(field))).toEqual(declared);
});
