import { parseXml } from './parse-xml.ts';

/** Formats that every Excel knows by number and that show a date or a time; 27 to 36 and 50 to 58 are East Asian. */
const isBuiltInDate = (id: number): boolean =>
  (id >= 14 && id <= 22) ||
  (id >= 27 && id <= 36) ||
  (id >= 45 && id <= 47 && id !== 46) ||
  (id >= 50 && id <= 58);

/** How a style shows the number of a cell. */
export interface NumberStyle {
  /** As a day or a time. */
  readonly isDate: boolean;
  /** With noughts in front up to so many digits, as `000000` does for numbers of customers; 0: as it is. */
  readonly digits: number;
}

const PLAIN: NumberStyle = { isDate: false, digits: 0 };

/** By the number of a cell's style. */
export function readNumberStyles(xml: string): NumberStyle[] {
  const custom = new Map<number, NumberStyle>();
  const styles: NumberStyle[] = [];
  let isCells = false;
  parseXml(xml, {
    open(name, attributes) {
      if (name === 'numFmt') custom.set(Number(attributes.numFmtId), styleOf(attributes.formatCode ?? ''));
      if (name === 'cellXfs') isCells = true;
      if (name !== 'xf' || !isCells) return;
      const id = Number(attributes.numFmtId ?? 0);
      styles.push(custom.get(id) ?? (isBuiltInDate(id) ? { ...PLAIN, isDate: true } : PLAIN));
    },
    close(name) {
      if (name === 'cellXfs') isCells = false;
    },
  });
  return styles;
}

function styleOf(code: string): NumberStyle {
  const isFilled = /^0{2,}(;|$)/.test(code);
  return isFilled
    ? { isDate: false, digits: code.indexOf(';') < 0 ? code.length : code.indexOf(';') }
    : { ...PLAIN, isDate: isDateCode(code) };
}

/** Whether a format code shows a date or a time of day; a duration (`[h]:mm`) stays a number of days. */
export function isDateCode(code: string): boolean {
  const [first = ''] = code.split(';');
  if (/\[(h+|m+|s+)\]/i.test(first)) return false;
  const bare = first
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\\./g, '')
    .replaceAll(/[_*]./g, '')
    // Colours, conditions, locales: [Red], [>100], [$-804].
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/general/gi, '');
  return /[ymdhse]|aaa/i.test(bare.replaceAll(/e[+-]/gi, ''));
}
