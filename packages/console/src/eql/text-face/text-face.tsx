import { useEffect, useRef } from 'react';
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  startCompletion,
  type Completion,
  type CompletionContext,
} from '@codemirror/autocomplete';
import { defaultKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap, placeholder } from '@codemirror/view';
import type { EqlProblem } from '@wutong/contract';
import { useReader } from '../../frame/reader.tsx';
import type { Language } from '../../text/language.ts';
import type { Text } from '../../text/text.ts';
import type { ExpressionNames } from '../rule/names.ts';
import { completionAt } from './completion.ts';
import { eqlColours } from './eql-colours.ts';
import { eqlTheme } from './eql-theme.ts';

export interface TextFaceProps {
  value: string;
  problems: readonly EqlProblem[];
  names: ExpressionNames;
  onChange: (text: string) => void;
  onUndo: () => void;
  onRedo: () => void;
  describedBy: string;
}

/** What the editor's own listeners look at; they are made once, what they look at changes. */
interface Live extends TextFaceProps {
  words: Text['rule'];
}

/** The text face: completion of everything an expression may name, problems underlined where they are. */
export default function TextFace(props: TextFaceProps) {
  const { text, language } = useReader();
  const element = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const live = useRef<Live>({ ...props, words: text.rule });
  live.current = { ...props, words: text.rule };
  const { value, problems, describedBy } = props;
  useEffect(() => {
    const parent = element.current;
    if (!parent) return;
    const made = new EditorView({ parent, state: stateOf(live, describedBy) });
    view.current = made;
    return () => made.destroy();
  }, [describedBy, language]);
  useEffect(() => {
    const current = view.current;
    if (!current || current.state.doc.toString() === value) return;
    const head = Math.min(current.state.selection.main.head, value.length);
    current.dispatch({
      changes: { from: 0, to: current.state.doc.length, insert: value },
      selection: { anchor: head },
    });
  }, [value]);
  useEffect(() => {
    const current = view.current;
    if (!current) return;
    const marks = problems.flatMap((problem) => diagnosticOf(problem, current, language, text.audience));
    current.dispatch(setDiagnostics(current.state, marks));
  }, [problems, language, text]);
  return <div ref={element} />;
}

function stateOf(live: { readonly current: Live }, describedBy: string): EditorState {
  const { value, words } = live.current;
  const run = (action: 'onUndo' | 'onRedo') => () => {
    live.current[action]();
    return true;
  };
  return EditorState.create({
    doc: value,
    extensions: [
      keymap.of([
        { key: 'Tab', run: acceptCompletion },
        { key: 'Mod-z', run: run('onUndo'), preventDefault: true },
        { key: 'Mod-y', run: run('onRedo'), preventDefault: true },
        { key: 'Mod-Shift-z', run: run('onRedo'), preventDefault: true },
        ...closeBracketsKeymap,
        ...completionKeymap,
        ...defaultKeymap,
      ]),
      EditorView.lineWrapping,
      drawSelection(),
      closeBrackets(),
      bracketMatching(),
      eqlColours,
      eqlTheme,
      placeholder(words.editor.placeholder),
      EditorView.contentAttributes.of({
        'aria-label': words.editor.label,
        'aria-describedby': describedBy,
        spellcheck: 'false',
        autocapitalize: 'off',
      }),
      autocompletion({
        override: [(context) => complete(context, live.current)],
        activateOnTyping: true,
        icons: false,
        maxRenderedOptions: 60,
      }),
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (docChanged) live.current.onChange(state.doc.toString());
      }),
    ],
  });
}

function complete(context: CompletionContext, { names, words }: Live) {
  const text = context.state.doc.toString();
  const { from, suggestions } = completionAt(text, context.pos, names, words);
  const justBegun = from === context.pos && !/[.\s(]$/.test(text.slice(0, from));
  if (!context.explicit && justBegun) return null;
  if (suggestions.length === 0) return null;
  return {
    from,
    filter: false,
    options: suggestions.map(({ insert, title, sort }): Completion => ({
      label: insert.trim(),
      detail: title,
      type: sort,
      apply: (view, _completion, start, end) => {
        view.dispatch({
          changes: { from: start, to: end, insert },
          selection: { anchor: start + insert.length },
          userEvent: 'input.complete',
        });
        // What comes next is known: an event after `event`, a field after `where (`.
        if (/(event |segment |tag |\($)/.test(insert)) startCompletion(view);
      },
    })),
  };
}

function diagnosticOf(
  problem: EqlProblem,
  view: EditorView,
  language: Language,
  words: Text['audience'],
): Diagnostic[] {
  const { position, suggestion } = problem;
  if (!position) return [];
  const length = view.state.doc.length;
  const from = Math.min(position.offset, length);
  const to = Math.min(from + Math.max(1, position.length), length);
  const action = {
    name: `${words.applySuggestion} ${suggestion ?? ''}`,
    apply: (current: EditorView, start: number, end: number) =>
      current.dispatch({ changes: { from: start, to: end, insert: suggestion ?? '' } }),
  };
  return [
    {
      from: from === to ? Math.max(0, from - 1) : from,
      to,
      severity: 'error',
      message: problem[language],
      actions: suggestion === undefined ? [] : [action],
    },
  ];
}
