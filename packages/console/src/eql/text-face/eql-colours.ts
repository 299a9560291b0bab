/** Colours of the words of an expression while it is typed; the same as where it is only shown. */
import {
  Decoration,
  MatchDecorator,
  ViewPlugin,
  type DecorationSet,
  type EditorView,
  type ViewUpdate,
} from '@codemirror/view';
import { eqlFunctions, eqlWords } from './eql-words.ts';

const words = new Set<string>([...eqlWords, ...eqlFunctions]);

const PIECE =
  /--.*$|'(?:[^']|'')*'?|`[^`]*`?|\d{1,2}:\d{2}|\d[\d_]*(?:\.\d+)?[万亿]?|[$\p{L}_][\p{L}\p{N}_]*/gu;

const marks = {
  comment: Decoration.mark({ class: 'eql-comment' }),
  text: Decoration.mark({ class: 'eql-string' }),
  number: Decoration.mark({ class: 'eql-number' }),
  word: Decoration.mark({ class: 'eql-word' }),
};

function markOf(piece: string): Decoration | null {
  if (piece.startsWith('--')) return marks.comment;
  if (piece.startsWith("'")) return marks.text;
  if (/^\d/.test(piece)) return marks.number;
  return words.has(piece.toLowerCase()) ? marks.word : null;
}

const decorator = new MatchDecorator({ regexp: PIECE, decoration: (match) => markOf(match[0]) });

export const eqlColours = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = decorator.createDeco(view);
    }
    update(update: ViewUpdate) {
      this.decorations = decorator.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);
