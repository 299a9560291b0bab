import type { CellValue } from './compile-expression.ts';

/** What a row says, before its persons are known. Times are epoch ms UTC. */
export interface DraftKey {
  readonly type: string;
  readonly value: string;
}

/** A person by keys, or an entity. */
export type DraftEnd =
  { readonly keys: readonly DraftKey[] } | { readonly type: string; readonly id: string };

type Values = Readonly<Record<string, CellValue>>;

export interface PersonDraft {
  readonly kind: 'person';
  readonly keys: readonly DraftKey[];
  readonly link: 'bind' | 'none';
  readonly action: 'set' | 'set_once' | 'append';
  readonly values: Values;
  readonly at: number;
}

export interface EntityDraft {
  readonly kind: 'entity';
  readonly type: string;
  readonly id: string;
  readonly fields: Values;
  readonly at: number;
}

export interface RelationDraft {
  readonly kind: 'relation';
  readonly type: string;
  readonly from: DraftEnd;
  readonly to: DraftEnd;
  readonly fields: Values;
  readonly validFrom: number | undefined;
  readonly validTo: number | undefined;
  readonly at: number;
}

export interface DetailDraft {
  readonly kind: 'detail';
  readonly type: string;
  readonly id: string;
  readonly owner: DraftEnd;
  readonly time: number;
  readonly fields: Values;
  readonly at: number;
}

export interface EventDraft {
  readonly kind: 'event';
  readonly event: string;
  readonly keys: readonly DraftKey[];
  readonly properties: Values;
  readonly at: number;
  readonly messageId: string | undefined;
}

export interface ConsentDraft {
  readonly kind: 'consent';
  readonly keys: readonly DraftKey[];
  readonly purpose: string;
  readonly channel: string;
  readonly granted: boolean;
  readonly proof: Values;
  readonly at: number;
}

export type Draft = PersonDraft | EntityDraft | RelationDraft | DetailDraft | EventDraft | ConsentDraft;

/** A draft with where it stands: row number from 1 (without the header), and which record of the mapping. */
export interface PlacedDraft {
  readonly row: number;
  readonly record: number;
  readonly draft: Draft;
}

/** A record, or one value of it, that was not taken. */
export interface RowRejection {
  readonly row: number;
  readonly record: number;
  readonly code: string;
  readonly detail: string;
}
