import { useEffect, useRef } from 'react';
import {
  acceptCompletion,
  autocompletion,
  completeFromList,
  completionKeymap,
  ifNotIn,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { sql, SQLDialect } from '@codemirror/lang-sql';
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

/** What a query of an ingestion task is made of; a whole standard's words would hide the columns. */
const clickhouse = SQLDialect.define({
  keywords:
    'select distinct from where and or not in is null like between as on using inner left right full outer join cross ' +
    'group by having order asc desc limit offset union all with case when then else end prewhere final array',
  types: 'String UInt8 UInt32 UInt64 Int32 Int64 Float64 Decimal Date Date32 DateTime DateTime64 Bool',
  builtin:
    'count sum avg min max any argMax argMin uniq coalesce if multiIf concat substring lower upper trim length ' +
    'replaceAll splitByChar toString toDate toDateTime toDecimal64 toUInt64 toInt64 toFloat64 parseDateTime ' +
    'formatDateTime dateDiff addDays subtractDays toStartOfDay toStartOfMonth JSONExtractString row_number over partition',
  backslashEscapes: true,
  identifierQuotes: '`"',
});

/** Tables and columns are offered everywhere: a column is often written before its table. */
function dialectOf(tables: Record<string, string[]>) {
  const language = sql({ dialect: clickhouse, schema: tables });
  const columns = [...new Set(Object.values(tables).flat())];
  const names = [
    ...Object.keys(tables).map((label) => ({ label, type: 'type', boost: 1 })),
    ...columns.map((label) => ({ label, type: 'property', boost: 2 })),
  ];
  const source = ifNotIn(['String', 'LineComment', 'BlockComment'], completeFromList(names));
  return [language, language.language.data.of({ autocomplete: source })];
}

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
