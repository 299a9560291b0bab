import { Checkbox, Select, Tag } from 'antd';
import { useNavigate } from 'react-router-dom';
import { canvasApi, hubApi } from '@wutong/contract';
import { channels, messageStates, type Channel, type MessageState } from '../../api/vocabulary.ts';
import { LIVE_MS, useRead } from '../../api/use-endpoint.ts';
import { usePages } from '../../api/use-pages.ts';
import { useReader } from '../../frame/reader.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { usePersonNames } from '../../parts/person-name.tsx';
import { RecordTable } from '../../parts/record-table.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { wordFor } from '../../text/text.ts';
import { useMessageColumns } from './message-columns.tsx';
import { wideList } from '../../parts/wide-list.ts';

const flag = (value: string): 'true' | undefined => (value === 'true' ? 'true' : undefined);

/** Messages by what became of them. Every filter stands in the address. */
export default function MessageListPage() {
  const { text } = useReader();
  const words = text.messages;
  const navigate = useNavigate();
  const [state, setState] = useUrlState('state');
  const [channel, setChannel] = useUrlState('channel');
  const [strategyId, setStrategyId] = useUrlState('strategyId');
  const [nodeId, setNodeId] = useUrlState('nodeId');
  const [supplierId, setSupplierId] = useUrlState('supplierId');
  const [clicked, setClicked] = useUrlState('clicked');
  const [delivered, setDelivered] = useUrlState('delivered');
  const filtered = [state, channel, strategyId, supplierId, clicked, delivered].some((value) => value !== '');
  const messages = usePages(
    hubApi.listMessages,
    {
      query: {
        state: (state || undefined) as MessageState | undefined,
        channel: (channel || undefined) as Channel | undefined,
        strategyId: strategyId || undefined,
        nodeId: nodeId || undefined,
        supplierId: supplierId || undefined,
        clicked: flag(clicked),
        delivered: flag(delivered),
      },
    },
    { refetchIntervalMs: LIVE_MS * 2 },
  );
  const strategies = useRead(canvasApi.listStrategies, { query: { limit: 200 } });
  const suppliers = useRead(hubApi.listSuppliers);
  const columns = useMessageColumns(usePersonNames(messages.items.map(({ personId }) => personId)));
  return (
    <Page title={words.title} lead={words.lead}>
      <Filters>
        <Choice
          label={words.state}
          value={state}
          onChange={setState}
          any={words.anyState}
          options={messageStates.map((value) => ({ value, label: wordFor(text.words.messageState, value) }))}
        />
        <Choice
          label={words.channel}
          value={channel}
          onChange={setChannel}
          any={words.anyChannel}
          options={channels.map((value) => ({ value, label: wordFor(text.words.channel, value) }))}
        />
        <Choice
          label={words.strategy}
          value={strategyId}
          onChange={setStrategyId}
          any={words.anyStrategy}
          options={(strategies.data?.items ?? []).map((each) => ({
            value: each.strategyId,
            label: each.name,
          }))}
        />
        <Choice
          label={words.supplier}
          value={supplierId}
          onChange={setSupplierId}
          any={words.anySupplier}
          options={(suppliers.data?.items ?? []).map((each) => ({
            value: each.supplierId,
            label: each.name,
          }))}
        />
        <Checkbox
          checked={delivered === 'true'}
          onChange={({ target }) => setDelivered(target.checked ? 'true' : '')}
        >
          {words.onlyDelivered}
        </Checkbox>
        <Checkbox
          checked={clicked === 'true'}
          onChange={({ target }) => setClicked(target.checked ? 'true' : '')}
        >
          {words.onlyClicked}
        </Checkbox>
        {nodeId && (
          <Tag closable onClose={() => setNodeId('')}>
            {words.ofNode(nodeId)}
          </Tag>
        )}
      </Filters>
      <Panel flush>
        <Answer query={messages.query} rows={8}>
          {() => (
            <RecordTable
              label={words.title}
              columns={columns}
              rows={messages.items}
              rowKey={({ messageId }) => messageId}
              onOpen={({ messageId }) => void navigate(`/messages/${messageId}`)}
              more={messages.more}
              empty={
                filtered ? (
                  <EmptyState title={words.noneFound} hint={words.noneFoundHint} />
                ) : (
                  <EmptyState title={words.none} hint={words.noneHint} />
                )
              }
            />
          )}
        </Answer>
      </Panel>
    </Page>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  any: string;
  onChange: (value: string) => void;
  options: { value: string; label: string }[];
}

/** A filter with a first entry that means no filter. */
function Choice({ label, value, any, onChange, options }: ChoiceProps) {
  return (
    <Select
      aria-label={label}
      value={value}
      onChange={onChange}
      {...wideList}
      style={{ minWidth: 124 }}
      options={[{ value: '', label: any }, ...options]}
    />
  );
}
