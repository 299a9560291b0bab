import { UnreadableRowError } from '../file-row.ts';
import { createXmlParser } from './parse-xml.ts';
import type { NumberStyle } from './read-styles.ts';
import { unescaped } from './unescape-text.ts';

/** What the cells of a sheet are read with. */
export interface SheetContext {
  readonly texts: readonly string[];
  /** By the number of a cell's style. */
  readonly styles: readonly NumberStyle[];
  readonly is1904: boolean;
  /** Told of each number of which Excel did not keep all digits, with its column, counted from 0. */
  readonly onLostDigits?: ((column: number) => void) | undefined;
  /** Told of each range of merged cells, `A1:C1`; they stand after the rows. */
  readonly onMerged?: ((range: string) => void) | undefined;
}

/** Excel's own limits. */
const MAXIMUM_COLUMNS = 16_384;
const MAXIMUM_CELL_CHARACTERS = 1024 * 1024;
const DAY_MS = 86_400_000;
/** Begins a cell with a formula whose value is not in the file, and is followed by the cell's name; half of a pair of surrogates is in no text. */
export const NO_VALUE = '\uD800';
/** Days from Excel's day 0 (1899-12-30, counted so that days from March 1900 on are right) to 1970. */
const DAYS_TO_1970 = 25_569;
/** Days between the two beginnings of time. */
const DAYS_TO_1904 = 1_462;

/** A parser of a worksheet; `write` returns the rows that a piece completes, without those that are empty. */
export function createSheetParser(context: SheetContext): { write(piece: string): string[][] } {
  let rows: string[][] = [];
  let cells: string[] = [];
  let row = 0;
  let column = -1;
  let type = '';
  let style = 0;
  let value = '';
  let isValue = false;
  let isFormula = false;
  let aids = 0;

  function closeCell(): void {
    if (type === 'n' && lacksDigits(value)) context.onLostDigits?.(column);
    // Excel writes what it computed; a text may be empty, anything else was never computed.
    const isOpen = isFormula && value === '' && type !== 'str';
    const empty = isOpen ? `${NO_VALUE}${columnName(column)}${row}` : '';
    const text = value === '' ? empty : cellText(value, type, style, context);
    if (text === '') return;
    // Cells that are left out are empty.
    while (cells.length < column) cells.push('');
    cells[column] = text;
  }

  const parser = createXmlParser({
    open(name, attributes) {
      if (name === 'row') {
        row = Number(attributes.r ?? row + 1);
        cells = [];
        column = -1;
      } else if (name === 'c') {
        column = attributes.r === undefined ? column + 1 : columnOf(attributes.r);
        if (!(column >= 0 && column < MAXIMUM_COLUMNS))
          throw new UnreadableRowError(row, `the cell ${String(attributes.r).slice(0, 20)} is out of bounds`);
        type = attributes.t ?? 'n';
        style = Number(attributes.s ?? 0);
        value = '';
        isFormula = false;
      } else if (name === 'f') {
        isFormula = true;
      } else if (name === 'rPh') {
        aids++;
      } else if (name === 'mergeCell') {
        context.onMerged?.(attributes.ref ?? '');
      }
      isValue = name === 'v' || (name === 't' && aids === 0);
    },
    text(piece) {
      if (!isValue) return;
      value += piece;
      if (value.length > MAXIMUM_CELL_CHARACTERS)
        throw new UnreadableRowError(row, 'a cell is longer than 1 MiB');
    },
    close(name) {
      isValue = false;
      if (name === 'rPh') aids--;
      else if (name === 'c') closeCell();
      else if (name === 'row' && cells.length > 0) rows.push(cells);
    },
  });

  return {
    write(piece) {
      parser.write(piece);
      const complete = rows;
      rows = [];
      return complete;
    },
  };
}

/** `BC12` is column 54, counted from 0; -1 when it is no reference. */
function columnOf(reference: string): number {
  let column = 0;
  let index = 0;
  for (; index < reference.length && index < 4; index++) {
    const letter = reference.charCodeAt(index) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return index === 0 ? -1 : column - 1;
}

/** Of column 54 `BC`. */
function columnName(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter;
}

/** Types of ECMA-376, 18.18.11. */
function cellText(value: string, type: string, style: number, context: SheetContext): string {
  switch (type) {
    case 's':
      return context.texts[Number(value)] ?? '';
    case 'b':
      return value === '1' ? 'true' : 'false';
    case 'n':
      return numberText(value, context.styles[style], context.is1904);
    default:
      // inlineStr, str (of a formula), e (an error such as #N/A), d (ISO 8601).
      return unescaped(value);
  }
}

/** Excel's own precision; what it was given beyond became noughts before the file was written. */
const DIGITS = 15;
const LOST_FROM = 10 ** DIGITS;
/** Sixteen digits and more in full: a program wrote them, Excel writes such numbers with an exponent. */
const WRITTEN_OUT = new RegExp(`^-?[1-9]\\d{${DIGITS},}$`);

/** Whether a whole number has more digits than Excel keeps, and those beyond are lost: a card number, an account. */
function lacksDigits(value: string): boolean {
  const number = Math.abs(Number(value));
  return number >= LOST_FROM && Number.isFinite(number) && !isKeptWhole(value);
}

const isKeptWhole = (value: string): boolean =>
  WRITTEN_OUT.test(value) && /[1-9]/.test(value.replace('-', '').slice(DIGITS));

function numberText(value: string, style: NumberStyle | undefined, is1904: boolean): string {
  const number = Number(value);
  if (!Number.isFinite(number) || isKeptWhole(value)) return value;
  if (style?.isDate && number >= 0) return dateText(number, is1904);
  // Excel computes and shows 15 digits; the file holds the binary number behind them, such as 3.1400000000000001.
  const text = String(Number(number.toPrecision(DIGITS)));
  return style && style.digits > 0 && /^\d+$/.test(text) ? text.padStart(style.digits, '0') : text;
}

/** Of a serial number: the day; with a fraction the time too; below one the time alone. */
export function dateText(serial: number, is1904: boolean): string {
  // Excel takes 1900 for a leap year: its days before March 1900 are one too few.
  const days = is1904 ? serial + DAYS_TO_1904 : serial >= 1 && serial < 60 ? serial + 1 : serial;
  const instant = Math.round((days - DAYS_TO_1970) * DAY_MS);
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return String(serial);
  const iso = date.toISOString();
  const milliseconds = iso.slice(20, 23) === '000' ? '' : `.${iso.slice(20, 23)}`;
  const time = `${iso.slice(11, 19)}${milliseconds}`;
  // Where days are counted from 1904, nought is a day too.
  if (serial < 1 && !(is1904 && serial === 0)) return time;
  return instant % DAY_MS === 0 ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${time}`;
}
