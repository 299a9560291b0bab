import { useNavigate } from 'react-router-dom';
import { hubApi } from '@wutong/contract';
import { CALM_MS } from '../../api/use-endpoint.ts';
import { usePages } from '../../api/use-pages.ts';
import { useReader } from '../../frame/reader.tsx';
import { Panel } from '../../parts/page.tsx';
import { RecordTable } from '../../parts/record-table.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { useMessageColumns } from '../messages/message-columns.tsx';

/** Messages of one person. */
export function PersonMessages({ personId }: { personId: number }) {
  const { text } = useReader();
  const navigate = useNavigate();
  const messages = usePages(
    hubApi.listMessages,
    { query: { personId, limit: 30 } },
    { refetchIntervalMs: CALM_MS },
  );
  const columns = useMessageColumns();
  return (
    <Panel flush>
      <Answer query={messages.query}>
        {() => (
          <RecordTable
            label={text.people.tabs.messages}
            columns={columns.filter(({ key }) => key !== 'person')}
            rows={messages.items}
            rowKey={({ messageId }) => messageId}
            onOpen={({ messageId }) => void navigate(`/messages/${messageId}`)}
            more={messages.more}
            empty={<EmptyState small title={text.people.noMessages} />}
          />
        )}
      </Answer>
    </Panel>
  );
}
