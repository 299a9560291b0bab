import { useEffect, useRef } from 'react';
import { acceptCompletion, autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { sql, StandardSQL } from '@codemirror/lang-sql';
import { bracketMatching, defaultHighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap } from '@codemirror/view';
import { eqlTheme } from '../../../eql/text-face/eql-theme.ts';

export interface SqlEditorProps {
  value: string;
  label: string;
  /** Columns by mapped table: what completion offers. */
  tables: Readonly<Record<string, readonly string[]>>;
  onChange: (text: string) => void;
  onRun: () => void;
}

/** SQL with completion of mapped tables and their columns. */
export default function SqlEditor(props: SqlEditorProps) {
  const element = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const language = useRef(new Compartment());
  const live = useRef(props);
  live.current = props;
  const { value, tables } = props;
  const names = JSON.stringify(tables);
  useEffect(() => {
    const parent = element.current;
    if (!parent) return undefined;
    const made = new EditorView({ parent, state: stateOf(live.current, language.current, live) });
    view.current = made;
    return () => made.destroy();
  }, []);
  useEffect(() => {
    view.current?.dispatch({ effects: language.current.reconfigure(dialectOf(JSON.parse(names))) });
  }, [names]);
  useEffect(() => {
    const current = view.current;
    if (!current || current.state.doc.toString() === value) return;
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: value } });
  }, [value]);
  return <div ref={element} />;
}

const dialectOf = (tables: Record<string, string[]>) =>
  sql({ dialect: StandardSQL, schema: tables, upperCaseKeywords: false });

function stateOf(
  { value, label, tables }: SqlEditorProps,
  language: Compartment,
  live: { readonly current: SqlEditorProps },
): EditorState {
  return EditorState.create({
    doc: value,
    extensions: [
      keymap.of([
        {
          key: 'Mod-Enter',
          run: () => {
            live.current.onRun();
            return true;
          },
        },
        { key: 'Tab', run: acceptCompletion },
        ...completionKeymap,
        ...historyKeymap,
        ...defaultKeymap,
      ]),
      history(),
      drawSelection(),
      bracketMatching(),
      EditorView.lineWrapping,
      autocompletion({ activateOnTyping: true, icons: false }),
      syntaxHighlighting(defaultHighlightStyle),
      language.of(dialectOf(JSON.parse(JSON.stringify(tables)))),
      eqlTheme,
      EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (docChanged) live.current.onChange(state.doc.toString());
      }),
    ],
  });
}
