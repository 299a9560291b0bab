import type { DetailTypeInput, EntityTypeInput, FieldInput, RelationTypeInput } from '@wutong/contract';

const field = (
  name: string,
  zh: string,
  en: string,
  valueType: FieldInput['valueType'],
  more: Partial<FieldInput> = {},
): FieldInput => ({
  name,
  title: { zh, en },
  valueType,
  ...more,
});

/** Attributes of the bank's people. */
export const ATTRIBUTES: readonly FieldInput[] = [
  field('name', '姓名', 'Name', 'string', { pii: 'identifying', mask: 'name' }),
  field('gender', '性别', 'Gender', 'string', { values: ['男', '女'] }),
  field('birth_date', '出生日期', 'Birth date', 'date', { pii: 'sensitive' }),
  field('city', '城市', 'City', 'string'),
  field('job', '职业', 'Job', 'string'),
  field('marital', '婚姻状况', 'Marital status', 'string', { values: ['已婚', '未婚', '离异'] }),
  field('education', '学历', 'Education', 'string'),
  field('aum', '管理资产', 'Assets under management', 'number', { unit: 'cny', pii: 'sensitive' }),
  field('risk_level', '风险承受能力', 'Risk tolerance', 'string', { values: ['C1', 'C2', 'C3', 'C4', 'C5'] }),
  field('risk_assessed_at', '风险评估日期', 'Risk assessed on', 'date'),
  field('institution_id', '所属机构', 'Institution', 'string'),
  field('manager_id', '客户经理', 'Manager', 'string'),
];

export const ENTITY_TYPES: readonly EntityTypeInput[] = [
  {
    name: 'institution',
    title: { zh: '机构', en: 'Institution' },
    titleField: 'name',
    fields: [
      field('name', '名称', 'Name', 'string'),
      field('level', '层级', 'Level', 'string'),
      field('city', '城市', 'City', 'string'),
    ],
  },
  {
    name: 'manager',
    title: { zh: '客户经理', en: 'Manager' },
    titleField: 'name',
    fields: [
      field('name', '姓名', 'Name', 'string'),
      field('institution_id', '机构', 'Institution', 'string'),
    ],
  },
  {
    name: 'product',
    title: { zh: '产品', en: 'Product' },
    titleField: 'name',
    fields: [
      field('name', '名称', 'Name', 'string'),
      field('kind', '类别', 'Kind', 'string', { values: ['wealth', 'deposit', 'fund', 'insurance'] }),
      field('risk_level', '风险等级', 'Risk level', 'string'),
      field('yield_percent', '业绩比较基准', 'Yield', 'number', { unit: 'percent' }),
      field('term_days', '期限', 'Term', 'number', { unit: 'day' }),
    ],
  },
  {
    name: 'company',
    title: { zh: '企业', en: 'Company' },
    titleField: 'name',
    fields: [
      field('name', '名称', 'Name', 'string'),
      field('industry', '行业', 'Industry', 'string'),
      field('registered_capital', '注册资本', 'Registered capital', 'number', { unit: 'cny' }),
    ],
  },
  {
    name: 'company_group',
    title: { zh: '集团', en: 'Group' },
    titleField: 'name',
    fields: [field('name', '名称', 'Name', 'string')],
  },
];

export const RELATION_TYPES: readonly RelationTypeInput[] = [
  {
    name: 'managed_by',
    title: { zh: '客户经理', en: 'Managed by' },
    reverseTitle: { zh: '名下客户', en: 'Manages' },
    from: 'person',
    to: 'manager',
    cardinality: 'many_to_one',
  },
  {
    name: 'belongs_to',
    title: { zh: '所属机构', en: 'Belongs to' },
    reverseTitle: { zh: '机构客户', en: 'Customers' },
    from: 'person',
    to: 'institution',
    cardinality: 'many_to_one',
  },
  {
    name: 'legal_representative',
    title: { zh: '担任法定代表人', en: 'Legal representative of' },
    reverseTitle: { zh: '法定代表人', en: 'Legal representative' },
    from: 'person',
    to: 'company',
  },
  {
    name: 'works_at',
    title: { zh: '任职机构', en: 'Works at' },
    from: 'manager',
    to: 'institution',
    cardinality: 'many_to_one',
  },
  {
    name: 'part_of',
    title: { zh: '上级机构', en: 'Part of' },
    reverseTitle: { zh: '下级机构', en: 'Parts' },
    from: 'institution',
    to: 'institution',
    cardinality: 'many_to_one',
  },
  {
    name: 'member_of',
    title: { zh: '所属集团', en: 'Member of' },
    reverseTitle: { zh: '成员企业', en: 'Members' },
    from: 'company',
    to: 'company_group',
    cardinality: 'many_to_one',
  },
];

export const DETAIL_TYPES: readonly DetailTypeInput[] = [
  {
    name: 'holding',
    title: { zh: '持仓', en: 'Holding' },
    owner: 'person',
    fields: [
      field('product_id', '产品', 'Product', 'string'),
      field('amount', '金额', 'Amount', 'number', { unit: 'cny' }),
      field('bought_at', '买入时间', 'Bought at', 'datetime'),
      field('maturity_date', '到期日', 'Maturity date', 'date'),
      field('status', '状态', 'Status', 'string', { values: ['active', 'renewed', 'redeemed'] }),
    ],
    references: [{ field: 'product_id', entityType: 'product' }],
  },
  {
    name: 'loan',
    title: { zh: '贷款', en: 'Loan' },
    owner: 'company',
    fields: [
      field('amount', '金额', 'Amount', 'number', { unit: 'cny' }),
      field('end_date', '到期日', 'End date', 'date'),
      field('status', '状态', 'Status', 'string', { values: ['normal', 'overdue'] }),
    ],
  },
];
