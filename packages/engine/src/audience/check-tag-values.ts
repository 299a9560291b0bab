import { dateTextSchema } from '@wutong/contract';
import { CodedError } from '../platform/index.ts';
import type { EqlType } from './bind/bound.ts';

const FITS: Readonly<Record<EqlType, (text: string) => boolean>> = {
  text: () => true,
  list: () => true,
  map: () => false,
  number: (text) => text.trim() !== '' && Number.isFinite(Number(text)),
  boolean: (text) => ['true', 'false', '1', '0'].includes(text),
  date: (text) => dateTextSchema.safeParse(text).success,
  instant: (text) => /^\d{4}-\d{2}-\d{2}T/.test(text) && !Number.isNaN(Date.parse(text)),
};

/** Values from outside must be of the tag's type, and single ones but for lists. @throws tag_value_invalid */
export function checkTagValues(
  type: EqlType,
  values: readonly { personId: number; values: readonly string[] }[],
): void {
  const seen = new Set<number>();
  for (const [index, each] of values.entries()) {
    const wrong = each.values.find((value) => !FITS[type](value));
    const reason =
      wrong !== undefined
        ? `“${wrong}” is not of the type ${type}`
        : each.values.length > 1 && type !== 'list'
          ? `a tag of the type ${type} holds one value for each person`
          : seen.has(each.personId)
            ? 'the person stands in the list twice'
            : undefined;
    if (reason !== undefined) {
      throw new CodedError('tag_value_invalid', { details: { index, personId: each.personId, reason } });
    }
    seen.add(each.personId);
  }
}
