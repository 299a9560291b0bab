import {
  eqlDocumentSchema,
  formatEql,
  parseEql,
  positionOf,
  type EqlDocument,
  type EqlPosition,
  type EqlProblem,
} from '@wutong/contract';
import { CodedError } from '../platform/index.ts';
import { bindDocument } from './bind/bind-document.ts';
import type { BoundQuery, BoundValue } from './bind/bound.ts';
import type { EqlCatalogue } from './catalogue.ts';
import { estimateRows, rowLimitOf, type TableSizes } from './expression-cost.ts';
import type { Asker } from './asker.ts';
import type { Expression } from './front-door.ts';
import type { EvaluationTime } from './resolve-window.ts';
import { maySee } from './sharing.ts';

/** What an expression is prepared against. */
export interface Preparation {
  readonly catalogue: EqlCatalogue;
  readonly time: EvaluationTime;
  readonly sizes: TableSizes;
  seal(value: string): string;
}

/** An expression that is sound. */
export interface PreparedExpression {
  readonly document: EqlDocument;
  readonly query: BoundQuery;
  readonly comparedFields: readonly BoundValue[];
  readonly usedSegments: ReadonlySet<string>;
  readonly usedTags: ReadonlySet<string>;
  readonly estimatedRows: number;
  readonly allowed: boolean;
}

/** Reads, binds and prices an expression; nothing is run. */
export function prepareExpression(
  expression: Expression,
  against: Preparation,
  asker?: Asker,
): PreparedExpression | { readonly problems: readonly EqlProblem[]; readonly document?: EqlDocument } {
  const read = readFace(expression);
  if ('problem' in read) return { problems: [read.problem] };
  const outcome = bindDocument(read.document, {
    catalogue: against.catalogue,
    time: against.time,
    // Who asks is not the asker's to say.
    parameters: { ...expression.parameters, ...(asker && !asker.runsLater ? { viewer: asker.userId } : {}) },
    permissions: asker?.permissions,
    sees: asker && (({ sharing }) => maySee(asker, sharing)),
    seal: (value) => against.seal(value),
    positionOf: read.positionOf,
  });
  if (outcome.problem) return { problems: [outcome.problem], document: read.document };
  const estimatedRows = estimateRows(outcome.query, against.sizes);
  return {
    document: read.document,
    query: outcome.query,
    comparedFields: outcome.comparedFields,
    usedSegments: outcome.usedSegments,
    usedTags: outcome.usedTags,
    estimatedRows,
    allowed: estimatedRows <= rowLimitOf(asker?.permissions) && Number.isFinite(estimatedRows),
  };
}

/** Like `prepareExpression`, but throws. @throws CodedError eql_invalid, eql_too_expensive */
export function requireExpression(
  expression: Expression,
  against: Preparation,
  asker?: Asker,
): PreparedExpression {
  const prepared = prepareExpression(expression, against, asker);
  if ('problems' in prepared)
    throw new CodedError('eql_invalid', { details: { problems: prepared.problems } });
  if (!prepared.allowed) {
    throw new CodedError('eql_too_expensive', {
      details: {
        estimatedRows: Number.isFinite(prepared.estimatedRows)
          ? Math.round(prepared.estimatedRows)
          : 'unbounded',
      },
    });
  }
  return prepared;
}

interface ReadFace {
  readonly document: EqlDocument;
  readonly positionOf: (node: object, word?: string) => EqlPosition | undefined;
}

function readFace(expression: Expression): ReadFace | { readonly problem: EqlProblem } {
  const { text, document } = expression;
  if (text !== undefined) {
    const parsed = parseEql(text);
    if (parsed.problem) return { problem: parsed.problem };
    const { spans } = parsed;
    return {
      document: parsed.document,
      positionOf(node, word) {
        const span = spans.get(node);
        const part = span && word !== undefined ? findWord(text, span, word) : undefined;
        return span && positionOf(text, part?.offset ?? span.offset, part?.length ?? span.length);
      },
    };
  }
  const checked = eqlDocumentSchema.safeParse(document);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    return {
      problem: {
        code: 'syntax',
        en: `The document does not have the shape of an expression: ${issue?.message ?? 'unknown'}.`,
        zh: `文档结构不是有效的表达式：${issue?.message ?? '未知原因'}。`,
        path: issue?.path.join('.') ?? '',
      },
    };
  }
  return { document: checked.data, positionOf: () => undefined };
}

interface Span {
  readonly offset: number;
  readonly length: number;
}

/** Where a word stands in a part of a text, with the backticks around it. */
function findWord(text: string, { offset, length }: Span, word: string): Span | undefined {
  const part = text.slice(offset, offset + length);
  const quoted = `\`${word.replaceAll('`', '``')}\``;
  if (part.includes(quoted)) return { offset: offset + part.indexOf(quoted), length: quoted.length };
  const isLetter = (letter: string | undefined): boolean =>
    letter !== undefined && /[\p{L}\p{N}_]/u.test(letter);
  for (let at = part.indexOf(word); at >= 0 && word !== ''; at = part.indexOf(word, at + 1)) {
    if (!isLetter(part[at - 1]) && !isLetter(part[at + word.length]))
      return { offset: offset + at, length: word.length };
  }
  // A unit may follow its number at once: `10万元`.
  const last = word === '' ? -1 : part.lastIndexOf(word);
  return last < 0 ? undefined : { offset: offset + last, length: word.length };
}

/** The canonical text of a document. */
export function textOf(document: EqlDocument): string {
  return formatEql(document);
}
