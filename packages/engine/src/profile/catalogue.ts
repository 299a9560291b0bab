import {
  detailTypeSchema,
  entityTypeSchema,
  fieldSchema,
  purposeDeclarationSchema,
  relationTypeSchema,
  type Catalogue,
  type DetailType,
  type EntityType,
  type Field,
  type FieldInput,
  type PurposeDeclaration,
  type RelationType,
} from '@wutong/contract';
import type { Transaction } from '../platform/index.ts';
import { mergeDeclaration, type DeclarationKind } from './merge-declaration.ts';
import { columnOf, detailTable, entityTable, historyTable, relationColumnOf } from './name-columns.ts';
import type { Declarations } from './front-door.ts';

/** Everything declared, indexed for the batch path. */
export interface Model {
  readonly version: number;
  readonly attributes: Map<string, Field>;
  readonly entityTypes: Map<string, EntityType>;
  readonly relationTypes: Map<string, RelationType>;
  readonly detailTypes: Map<string, DetailType>;
  readonly purposes: Map<string, PurposeDeclaration>;
}

/** Reads the model and changes it, in PostgreSQL. */
export interface ModelStore {
  /** The model as the transaction sees it; read again only when its version has changed. */
  read(transaction: Transaction): Promise<Model>;
  /** Declares; returns the model with the declarations in it. */
  declare(transaction: Transaction, declarations: Declarations): Promise<Model>;
}

interface DeclarationRow {
  readonly kind: DeclarationKind;
  readonly name: string;
  readonly body: unknown;
}

/** Parses what is declared; fills defaults. */
const SCHEMAS = {
  attribute: fieldSchema,
  entity_type: entityTypeSchema,
  relation_type: relationTypeSchema,
  detail_type: detailTypeSchema,
  purpose: purposeDeclarationSchema,
} as const;

/** The store; remembers the newest committed model. */
export function createModelStore(): ModelStore {
  let remembered: Model | undefined;

  async function load(transaction: Transaction): Promise<Model> {
    const rows = await transaction.query<DeclarationRow & { version: number }>(
      `select v.version, d.kind, d.name, d.body
       from profile.catalogue_version v left join profile.declaration d on true
       order by d.kind, d.name`,
    );
    return modelOf(
      rows[0]!.version,
      rows.filter((row) => row.kind !== null),
    );
  }

  return {
    async read(transaction) {
      if (remembered) {
        const rows = await transaction.query<{ version: number }>(
          'select version from profile.catalogue_version',
        );
        if (rows[0]!.version === remembered.version) return remembered;
      }
      // Versions come from a sequence: one that is rolled back is never given to another model.
      remembered = await load(transaction);
      return remembered;
    },
    async declare(transaction, declarations) {
      // The row lock makes declarations of all processes follow one another.
      await transaction.execute('select version from profile.catalogue_version for update');
      const before = await load(transaction);
      const wanted = rowsOf(declarations);
      const changed: DeclarationRow[] = [];
      const merged = new Map(rowsOfModel(before).map((row) => [`${row.kind} ${row.name}`, row]));
      for (const row of wanted) {
        const id = `${row.kind} ${row.name}`;
        const body = mergeDeclaration(row.kind, row.name, merged.get(id)?.body, row.body, (kind, name) =>
          merged.has(`${kind} ${name}`),
        );
        if (body === undefined) continue;
        merged.set(id, { ...row, body });
        changed.push({ ...row, body });
      }
      if (changed.length === 0) return before;
      const rows = await transaction.query<{ version: number }>(
        `with written as (
           insert into profile.declaration (kind, name, body)
           select distinct on (kind, name) kind, name, body::jsonb
           from unnest($1::text[], $2::text[], $3::text[]) with ordinality as d(kind, name, body, position)
           order by kind, name, position desc
           on conflict (kind, name) do update set body = excluded.body)
         update profile.catalogue_version set version = nextval('profile.version_number') returning version`,
        [
          changed.map((row) => row.kind),
          changed.map((row) => row.name),
          changed.map((row) => JSON.stringify(row.body)),
        ],
      );
      return modelOf(rows[0]!.version, [...merged.values()]);
    },
  };
}

function rowsOf(declarations: Declarations): DeclarationRow[] {
  const parse = (kind: DeclarationKind, inputs: readonly unknown[] = []): DeclarationRow[] =>
    inputs.map((input) => {
      const body = SCHEMAS[kind].parse(input) as { name?: string; purpose?: string };
      return { kind, name: body.name ?? body.purpose!, body };
    });
  return [
    ...parse('attribute', declarations.attributes),
    ...parse('entity_type', declarations.entityTypes),
    ...parse('relation_type', declarations.relationTypes),
    ...parse('detail_type', declarations.detailTypes),
    ...parse('purpose', declarations.purposes),
  ];
}

function rowsOfModel(model: Model): DeclarationRow[] {
  const rows = (kind: DeclarationKind, bodies: Map<string, unknown>): DeclarationRow[] =>
    [...bodies].map(([name, body]) => ({ kind, name, body }));
  return [
    ...rows('attribute', model.attributes),
    ...rows('entity_type', model.entityTypes),
    ...rows('relation_type', model.relationTypes),
    ...rows('detail_type', model.detailTypes),
    ...rows('purpose', model.purposes),
  ];
}

function modelOf(version: number, rows: readonly DeclarationRow[]): Model {
  const pick = <Body>(kind: DeclarationKind): Map<string, Body> =>
    new Map(rows.filter((row) => row.kind === kind).map((row) => [row.name, row.body as Body]));
  return {
    version,
    attributes: pick('attribute'),
    entityTypes: pick('entity_type'),
    relationTypes: pick('relation_type'),
    detailTypes: pick('detail_type'),
    purposes: pick('purpose'),
  };
}

/** The model as others see it: with tables and columns. */
export function catalogueOf(model: Model): Catalogue {
  const withColumns = <Type extends { fields: Field[] }>(type: Type) => ({
    ...type,
    fields: type.fields.map((field) => ({ ...field, column: columnOf(field.name) })),
  });
  return {
    version: model.version,
    attributes: [...model.attributes.values()].map((field) => ({ ...field, column: columnOf(field.name) })),
    entityTypes: [...model.entityTypes.values()].map((type) => ({
      ...withColumns(type),
      table: entityTable(type.name),
    })),
    relationTypes: [...model.relationTypes.values()].map((type) => ({
      ...type,
      fields: type.fields.map((field) => ({ ...field, column: relationColumnOf(field) })),
    })),
    detailTypes: [...model.detailTypes.values()].map((type) => ({
      ...withColumns(type),
      table: detailTable(type.name),
      historyTable: historyTable(type.name),
    })),
    purposes: [...model.purposes.values()],
  };
}

/** The declaration of a field that declares itself by its first value. */
export function learntField(name: string, valueType: Field['valueType']): FieldInput {
  return { name, title: { en: name, zh: name }, valueType, learnt: true };
}
