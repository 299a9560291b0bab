import { linkingApi } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { ChoiceCards } from '../../../parts/choice-cards.tsx';
import { Panel } from '../../../parts/page.tsx';

interface OneMatchPanelProps {
  rule: linkingApi.OneMatchRule;
  onChange: (rule: linkingApi.OneMatchRule) => void;
}

/** Whether the candidates of a record are rivals, for a run over two lists. */
export function OneMatchPanel({ rule, onChange }: OneMatchPanelProps) {
  const { oneMatch: words } = useReader().text.linking;
  return (
    <Panel title={words.title} definition={words.definition}>
      <ChoiceCards
        label={words.title}
        choices={linkingApi.oneMatchRules.map((value) => ({ value, ...words.rules[value] }))}
        value={rule}
        onChange={onChange}
      />
    </Panel>
  );
}
