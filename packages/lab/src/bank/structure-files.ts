import type { MappingInput } from '@wutong/contract';
import { makeCompanies } from './companies.ts';
import type { Bank } from './bank.ts';
import { inventName, managersOf, outletIds, REGIONS } from './people.ts';
import { PRODUCTS } from './products.ts';

/** Nightly files of the core system, as a bank has them: a mapping, and the files that it names. */
export interface StructureFiles {
  readonly mapping: MappingInput;
  /** File name → its text, CSV with a header. */
  readonly files: ReadonlyMap<string, string>;
}

const DAY_MS = 86_400_000;
const STREETS = ['人民路', '中山路', '解放路', '滨江', '新城'];
const HEAD_OFFICE = 'B000';

/** Institutions, managers, products and companies of the bank, to be loaded through the import API. */
export function structureFiles(bank: Bank): StructureFiles {
  return {
    mapping: {
      name: 'core-structure',
      title: { zh: '机构、经理、产品与企业', en: 'Institutions, managers, products and companies' },
      sourceId: 'core_bank',
      asOf: new Date(bank.startMs - 100 * DAY_MS).toISOString(),
      files: [INSTITUTION_FILE, MANAGER_FILE, PRODUCT_FILE, COMPANY_FILE],
    },
    files: new Map([
      ['institutions.csv', institutionsCsv()],
      ['managers.csv', managersCsv(bank)],
      ['products.csv', productsCsv()],
      ['companies.csv', companiesCsv(bank)],
    ]),
  };
}

type FileMappingInput = MappingInput['files'][number];

const INSTITUTION_FILE: FileMappingInput = {
  file: 'institutions.csv',
  records: [
    {
      record: 'entity',
      type: 'institution',
      id: 'institution_id',
      fields: { name: 'name', level: 'level', city: 'city' },
    },
    {
      record: 'relation',
      when: [{ column: 'parent_id', present: true }],
      type: 'part_of',
      from: { entity: 'institution', id: 'institution_id' },
      to: { entity: 'institution', id: 'parent_id' },
    },
  ],
};

const MANAGER_FILE: FileMappingInput = {
  file: 'managers.csv',
  records: [
    {
      record: 'entity',
      type: 'manager',
      id: 'manager_id',
      fields: { name: 'name', institution_id: 'institution_id' },
    },
    {
      record: 'relation',
      type: 'works_at',
      from: { entity: 'manager', id: 'manager_id' },
      to: { entity: 'institution', id: 'institution_id' },
    },
  ],
};

const number = (column: string): { column: string; steps: [{ number: true }] } => ({
  column,
  steps: [{ number: true }],
});

const PRODUCT_FILE: FileMappingInput = {
  file: 'products.csv',
  records: [
    {
      record: 'entity',
      type: 'product',
      id: 'product_id',
      fields: {
        name: 'name',
        kind: 'kind',
        risk_level: 'risk_level',
        yield_percent: number('yield_percent'),
        term_days: number('term_days'),
      },
    },
  ],
};

const COMPANY_FILE: FileMappingInput = {
  file: 'companies.csv',
  records: [
    {
      record: 'entity',
      type: 'company',
      id: 'company_id',
      fields: {
        name: 'name',
        industry: 'industry',
        registered_capital: number('registered_capital'),
      },
    },
    {
      record: 'entity',
      when: [{ column: 'group_id', present: true }],
      type: 'company_group',
      id: 'group_id',
      fields: { name: 'group_name' },
    },
    {
      record: 'relation',
      when: [{ column: 'group_id', present: true }],
      type: 'member_of',
      from: { entity: 'company', id: 'company_id' },
      to: { entity: 'company_group', id: 'group_id' },
    },
    {
      record: 'relation',
      type: 'legal_representative',
      from: { person: [{ type: 'customer_number', value: 'representative' }] },
      to: { entity: 'company', id: 'company_id' },
    },
    {
      record: 'detail',
      when: [{ column: 'loan_id', present: true }],
      type: 'loan',
      id: 'loan_id',
      owner: { entity: 'company', id: 'company_id' },
      fields: { amount: number('loan_amount'), end_date: 'loan_end_date', status: 'loan_status' },
    },
  ],
};

type Cell = string | number | undefined;

/** RFC 4180: every cell in quotes but the empty ones, which say that there is no value. */
function csv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cell = (value: Cell): string =>
    value === undefined ? '' : `"${String(value).replaceAll('"', '""')}"`;
  return [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

const cityOf = (region: number): string => REGIONS[region]!.slice(0, 2);
const regionOf = (outlet: string): number => Number(outlet[1]) - 1;

function institutionsCsv(): string {
  return csv(
    ['institution_id', 'name', 'level', 'city', 'parent_id'],
    [
      [HEAD_OFFICE, '梧桐示范银行总行', '总行', '上海', undefined],
      ...REGIONS.map((name, region) => [`B${region + 1}`, name, '分行', cityOf(region), HEAD_OFFICE]),
      ...outletIds().map((outlet, index) => {
        const region = regionOf(outlet);
        const street = STREETS[index % STREETS.length]!;
        return [outlet, `${cityOf(region)}${street}支行`, '支行', cityOf(region), `B${region + 1}`];
      }),
    ],
  );
}

function managersCsv(bank: Bank): string {
  return csv(
    ['manager_id', 'name', 'institution_id'],
    outletIds().flatMap((outlet) =>
      managersOf(outlet, bank.people).map((manager) => {
        const subject = 50_000_000 + Number(manager.slice(1));
        const gender = bank.draw(subject, 'gender') < 0.5 ? '男' : '女';
        return [manager, inventName(bank.draw, subject, gender), outlet];
      }),
    ),
  );
}

function productsCsv(): string {
  return csv(
    ['product_id', 'name', 'kind', 'risk_level', 'yield_percent', 'term_days'],
    PRODUCTS.map((product) => [
      product.productId,
      product.name,
      product.kind,
      product.riskLevel,
      product.yieldPercent,
      product.termDays,
    ]),
  );
}

function companiesCsv(bank: Bank): string {
  return csv(
    [
      'company_id',
      'name',
      'industry',
      'registered_capital',
      'group_id',
      'group_name',
      'representative',
      'loan_id',
      'loan_amount',
      'loan_end_date',
      'loan_status',
    ],
    makeCompanies(bank.draw, bank.people, bank.startMs).map(({ loan, groupId, ...company }) => [
      company.companyId,
      company.name,
      company.industry,
      company.registeredCapitalCny,
      groupId,
      groupId && `示范集团 ${Number(groupId.slice(1))}`,
      bank.person(company.legalRepresentative).customerNumber,
      loan?.loanId,
      loan?.amountCny,
      loan?.endDate,
      loan?.status,
    ]),
  );
}
