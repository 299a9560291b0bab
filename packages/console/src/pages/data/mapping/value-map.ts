/** The value map of a column: which text stands for which value, and what becomes of the others. */
import type { TransformStep, ValueType } from '@wutong/contract';
import { typeOfUse, type ColumnPlan, type Use } from './record-plan.ts';

type MapStep = Extract<TransformStep, { map: unknown }>;
type MappedValue = MapStep['map'][string];
export type Otherwise = MapStep['otherwise'];

/** A text as it stands in the file, and what it becomes; `null`: no value. */
export interface MapEntry {
  from: string;
  to: MappedValue;
}

export interface ValueMap {
  entries: readonly MapEntry[];
  otherwise: Otherwise;
}

const isMap = (step: TransformStep): step is MapStep => 'map' in step;

/** The value map among the steps; undefined when there is none. */
export function valueMapOf(steps: readonly TransformStep[]): ValueMap | undefined {
  const step = steps.find(isMap);
  return (
    step && {
      entries: Object.entries(step.map).map(([from, to]) => ({ from, to })),
      otherwise: step.otherwise,
    }
  );
}

/** Steps with another value map in its place; a first one comes before the others, an empty one is none. */
export function withValueMap(
  steps: readonly TransformStep[],
  { entries, otherwise }: ValueMap,
): TransformStep[] {
  const place = steps.findIndex(isMap);
  const map: MapStep = { map: Object.fromEntries(entries.map(({ from, to }) => [from, to])), otherwise };
  const put = entries.length === 0 ? [] : [map];
  return place < 0 ? [...put, ...steps] : [...steps.slice(0, place), ...put, ...steps.slice(place + 1)];
}

const CODED: readonly (ValueType | undefined)[] = ['string', 'boolean', 'number'];
const CODED_PARTS: readonly Use['as'][] = ['field', 'event', 'purpose', 'channel', 'granted'];

/** Whether the texts of a column may be codes for values: where a map is, or what it fills could come from one. */
export const mayMapValues = ({ use, steps }: ColumnPlan): boolean =>
  use.as !== 'ignore' &&
  (steps.some(isMap) || (CODED_PARTS.includes(use.as) && CODED.includes(typeOfUse(use) ?? 'string')));

/** Texts that are in the list more than once: a text has one value. */
export function textsTwice(entries: readonly MapEntry[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(entries.map(({ from }) => from).filter((from) => seen.size === seen.add(from).size));
}

/**
 * The texts of the examples that the map meets and does not hold, once each as they stand; none where what the steps
 * before it make of a text cannot be told here.
 */
export function unmappedTexts(steps: readonly TransformStep[], samples: readonly string[]): string[] {
  const place = steps.findIndex(isMap);
  const step = steps[place];
  if (step === undefined || !isMap(step)) return [];
  const before = steps.slice(0, place);
  const met = samples.flatMap((sample) => {
    let text: string | undefined = sample;
    for (const each of before) text = text === undefined ? undefined : textAfter(each, text);
    return text === undefined || text.trim() === '' ? [] : [text];
  });
  return [...new Set(met)].filter((text) => !Object.hasOwn(step.map, text));
}

function textAfter(step: TransformStep, text: string): string | undefined {
  if ('slice' in step) return text.slice(...step.slice);
  if ('missing' in step) return step.missing.includes(text) ? undefined : text;
  if ('case' in step) return step.case === 'lower' ? text.toLowerCase() : text.toUpperCase();
  return 'prefix' in step ? step.prefix + text : undefined;
}

/** What a person wrote as the value of a text: a number where the item wants one and nothing converts it further. */
export function valueWritten(
  written: string,
  type: ValueType | undefined,
  steps: readonly TransformStep[],
): MappedValue {
  if (written === '') return null;
  const isLast = steps.length === 0 || isMap(steps.at(-1)!);
  const number = Number(written);
  return type === 'number' && isLast && written.trim() !== '' && Number.isFinite(number) ? number : written;
}
