import type { AnalysisCell, Catalogue } from '@wutong/contract';
import { Readable } from 'node:stream';
import { CodedError } from '../../platform/index.ts';
import { peopleOfCell } from '../analyses/run-analysis.ts';
import type { AnalysisNeeds } from '../analyses/scope-sql.ts';
import type { Cell } from './table.ts';
import { writeCsv, writeLines } from './write-csv.ts';

/** Real seconds after which an export is stopped: a million rows over a slow line take some. */
const MAXIMUM_SECONDS = 600;

/**
 * The people behind a number, one line each, with attributes of theirs: read and written in blocks, so that memory
 * does not grow with the number of people. What is wrong with the question is thrown before the first byte.
 * @throws CodedError eql_invalid, analysis_invalid, analysis_too_slow, analysis_too_large
 */
export async function exportPeople(
  asking: AnalysisNeeds,
  request: { of: AnalysisCell; attributes: readonly string[]; mayOpen: boolean },
): Promise<Readable> {
  const fields = chooseFields(await asking.needs.profile.catalogue(), request);
  const { scope, sql } = await peopleOfCell(asking, request.of);
  const columns = fields.map((field, index) => `, ${field.column} as column${index}`).join('');
  const shown = fields.map((field, index) => `, ${asText(field, `column${index}`)}`).join('');
  const found = `select distinct person from (${sql})`;
  const statement =
    fields.length === 0
      ? `select tuple(person) as cells from (${found}) order by person`
      : `select tuple(person${shown}) as cells from (${found}) as found
         left join (select person_id${columns} from person final) as portrait on portrait.person_id = found.person
         order by person`;
  const blocks = asking.platform.clickhouse
    .queryStream<{ cells: Cell[] }>(statement, scope.bindings.parameters, {
      max_execution_time: MAXIMUM_SECONDS,
    })
    [Symbol.asyncIterator]();
  const first = await blocks.next();
  return Readable.from(writeBlocks(fields, first, blocks), { objectMode: false });
}

async function* writeBlocks(
  fields: readonly Field[],
  first: IteratorResult<{ cells: Cell[] }[]>,
  rest: AsyncIterator<{ cells: Cell[] }[]>,
): AsyncGenerator<string> {
  try {
    yield writeCsv({ columns: ['person_id', ...fields.map((field) => field.name)], rows: [] });
    for (let block = first; !block.done; block = await rest.next()) {
      if (block.value.length > 0) yield writeLines(block.value.map((row) => row.cells));
    }
  } finally {
    // A reader that has gone stops the query too.
    await rest.return?.();
  }
}

type Field = Catalogue['attributes'][number];

/** Identifying attributes are fingerprints here and say nothing; sensitive ones are for those who may open them. */
function chooseFields(
  catalogue: Catalogue,
  { attributes, mayOpen }: { attributes: readonly string[]; mayOpen: boolean },
): Field[] {
  return attributes.map((name) => {
    const field = catalogue.attributes.find((each) => each.name === name);
    if (!field || field.pii === 'identifying') {
      throw new CodedError('analysis_invalid', {
        details: { reason: field ? 'identifying_attribute' : 'unknown_attribute', attribute: name },
      });
    }
    if (field.pii === 'sensitive' && !mayOpen) {
      throw new CodedError('permission_denied', { details: { permission: 'pii.open', attribute: name } });
    }
    return field;
  });
}

function asText(field: Field, column: string): string {
  if (field.valueType === 'number') return `toFloat64OrNull(toString(${column}))`;
  if (field.valueType === 'string[]') return `arrayStringConcat(${column}, '; ')`;
  return `toString(${column})`;
}
