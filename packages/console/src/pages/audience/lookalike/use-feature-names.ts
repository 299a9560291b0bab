import { useReader } from '../../../frame/reader.tsx';
import { useCatalogue } from '../../../frame/use-catalogue.ts';
import type { InsightNames } from '../../insight/question/use-insight-names.ts';
import { readFeature } from './features.ts';

const DAY_MS = 86_400_000;
/** Ranges as the engine writes them: `< 3`, `>= 3`, `3 … < 5`. */
const RANGE = /^(?:(>=|<) (-?[\d.e+]+)|(-?[\d.e+]+) … < (-?[\d.e+]+))$/;

/** Features and their values in the reader's words. */
export function useFeatureNames(names: InsightNames) {
  const { text, format } = useReader();
  const words = text.audience.lookalike;
  const model = useCatalogue();
  const feature = (expression: string): string => {
    const read = readFeature(expression);
    if (read.kind === 'attribute') return names.attribute(read.name);
    if (read.kind === 'count') return words.countOf(names.event(read.event), read.days);
    return expression;
  };
  const declared = (expression: string) => {
    const read = readFeature(expression);
    return read.kind === 'attribute' ? model?.attributes.find(({ name }) => name === read.name) : undefined;
  };
  const number = (expression: string, written: string): string => {
    const field = declared(expression);
    const value = Number(written);
    if (field?.valueType === 'date') return format.date(value * DAY_MS);
    if (field?.valueType === 'datetime') return format.date(value);
    return field?.unit === 'cny' ? format.yuan(value) : format.decimal(value, 2);
  };
  const value = (expression: string, written: string): string => {
    if (written === 'missing') return text.insight.noValue;
    if (written === 'any') return words.any;
    if (written === 'true' || written === 'false') return written === 'true' ? text.state.yes : text.state.no;
    const range = RANGE.exec(written);
    if (!range) return (text.words.value as Record<string, string | undefined>)[written] ?? written;
    const [, sign, bound = '', from = '', to = ''] = range;
    if (sign === '<') return text.insight.below(number(expression, bound));
    if (sign === '>=') return text.insight.atLeast(number(expression, bound));
    return words.between(number(expression, from), number(expression, to));
  };
  /** The type of entity that an attribute's values are ids of. */
  const entityType = (expression: string): string | undefined => {
    const field = declared(expression);
    return model?.entityTypes.find(({ name }) => field?.name === `${name}_id`)?.name;
  };
  return { feature, value, entityType };
}
