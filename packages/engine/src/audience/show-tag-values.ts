import type { EqlType } from './bind/bound.ts';

/** Values as texts that people read. */
export function shownValues(type: EqlType, texts: readonly string[], numbers: readonly number[]): string[] {
  switch (type) {
    case 'number':
      return numbers.map(String);
    case 'boolean':
      return numbers.map((value) => String(value === 1));
    case 'instant':
      return numbers.map((value) => new Date(value).toISOString());
    case 'map':
      return texts.map((text, index) => `${text}: ${Math.round((numbers[index] ?? 0) * 1000) / 10}%`);
    case 'text':
    case 'date':
    case 'list':
      return [...texts];
  }
}
