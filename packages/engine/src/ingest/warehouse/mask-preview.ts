import { plainType } from './run-query.ts';

const NUMBER = /^(U?Int\d+|Float\d+|Decimal|BFloat16)/;
const PLAIN = /^(Bool|Date|Date32|DateTime|DateTime64|Enum8|Enum16)\b/;
/** Digits that a mobile number, a card or an account has at least. */
const LONG_NUMBER = 7;

/**
 * A cell of a source as shown to those who may not open personal data. Nothing has been declared about it yet, so all
 * that can name somebody is taken to: texts keep their first character and their length up to 8, long numbers their
 * first two digits. Dates, small numbers and yes or no stay.
 */
export function maskCell(cell: string | null, type: string): string | null {
  if (cell === null || cell === '') return cell;
  const plain = plainType(type);
  if (PLAIN.test(plain)) return cell;
  if (NUMBER.test(plain)) {
    const digits = cell.replace(/\D/g, '').length;
    return digits < LONG_NUMBER ? cell : `${cell.slice(0, 2)}${'*'.repeat(Math.min(digits - 2, 8))}`;
  }
  const characters = Array.from(cell);
  return characters.length === 1 ? '*' : `${characters[0]}${'*'.repeat(Math.min(characters.length - 1, 8))}`;
}
