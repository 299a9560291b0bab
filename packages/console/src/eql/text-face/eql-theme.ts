import { EditorView } from '@codemirror/view';

/** The editor on paper: the console's ink, its mono type and its one accent. */
export const eqlTheme = EditorView.theme({
  '&': { fontSize: '14px', minHeight: '190px', background: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.75', minHeight: '190px' },
  '.cm-content': { padding: '12px 4px', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 12px' },
  '.cm-placeholder': { color: 'var(--ink-faint)', whiteSpace: 'pre-wrap' },
  '.eql-word': { color: 'var(--accent)', fontWeight: '600' },
  '.eql-string': { color: 'var(--amber)' },
  '.eql-number': { color: 'var(--blue)' },
  '.eql-comment': { color: 'var(--ink-faint)', fontStyle: 'italic' },
  '.cm-matchingBracket': { background: 'var(--accent-soft)', outline: 'none' },
  '&.cm-focused .cm-matchingBracket': { background: 'var(--accent-soft)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--red)',
    textUnderlineOffset: '4px',
  },
  '.cm-tooltip': {
    border: '1px solid var(--line-strong)',
    borderRadius: '8px',
    background: 'var(--surface)',
    boxShadow: '0 6px 20px rgb(28 40 35 / 12%)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    maxHeight: '17em',
    fontFamily: 'inherit',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    justifyContent: 'space-between',
    gap: '20px',
    padding: '4px 12px',
    lineHeight: '1.5',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--accent-soft)', color: 'var(--ink)' },
  '.cm-completionLabel': { fontFamily: 'var(--mono)', fontSize: '13px' },
  '.cm-completionDetail': { color: 'var(--ink-faint)', fontStyle: 'normal', fontSize: '12.5px' },
  '.cm-diagnostic': { padding: '8px 12px', borderLeft: '3px solid var(--red)' },
  '.cm-diagnosticAction': {
    marginLeft: '10px',
    padding: '1px 8px',
    borderRadius: '5px',
    background: 'var(--accent)',
    cursor: 'pointer',
  },
});
