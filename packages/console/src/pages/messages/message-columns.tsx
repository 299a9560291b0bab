import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';
import type { hubApi, ResponseOf } from '@wutong/contract';
import { useReader } from '../../frame/reader.tsx';
import { useContentNames, useStrategyNames, useSupplierNames } from '../../frame/use-names.ts';
import type { Column } from '../../parts/record-table.tsx';
import { PersonName } from '../../parts/person-name.tsx';
import { StateMark, toneOf } from '../../parts/state-mark.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { wordFor, type Text } from '../../text/text.ts';

export type Message = ResponseOf<typeof hubApi.listMessages>['items'][number];

/** The furthest a message came, as one code: clicked beats delivered beats sent. */
export function reachedState({
  state,
  deliveredAt,
  clickedAt,
}: Message): keyof Text['words']['messageState'] {
  if (clickedAt) return 'clicked';
  return deliveredAt && state === 'sent' ? 'delivered' : state;
}

/** Columns of a list of messages; `nameOf` names the people when the list has read them. */
export function useMessageColumns(nameOf?: (personId: number) => ReactNode): Column<Message>[] {
  const { text } = useReader();
  const words = text.messages;
  const strategyName = useStrategyNames();
  const contentName = useContentNames();
  const supplierName = useSupplierNames();
  return [
    {
      key: 'person',
      title: words.person,
      phone: 'title',
      render: ({ personId }) => nameOf?.(personId) ?? <PersonName personId={personId} />,
    },
    {
      key: 'channel',
      title: words.channel,
      render: ({ messageId, channel }) => (
        <Link to={`/messages/${messageId}`}>{wordFor(text.words.channel, channel)}</Link>
      ),
    },
    {
      key: 'content',
      title: words.content,
      ellipsis: true,
      render: ({ contentId, contentVariant }) => (
        <>
          {contentName(contentId)}
          {contentVariant && <span className="faint"> · {words.variant(contentVariant)}</span>}
        </>
      ),
    },
    {
      key: 'state',
      title: words.state,
      render: (message) => {
        const reached = reachedState(message);
        return (
          <>
            <StateMark tone={toneOf(reached)}>{wordFor(text.words.messageState, reached)}</StateMark>
            {message.reason && <div className="faint">{wordFor(text.words.reason, message.reason)}</div>}
          </>
        );
      },
    },
    {
      key: 'supplier',
      title: words.supplier,
      render: ({ supplierId }) => (supplierId ? supplierName(supplierId) : <span className="faint">–</span>),
    },
    {
      key: 'strategy',
      title: words.strategy,
      ellipsis: true,
      render: ({ strategyId }) =>
        strategyId ? <Link to={`/strategies/${strategyId}`}>{strategyName(strategyId)}</Link> : '–',
    },
    { key: 'reserved', title: words.reserved, render: ({ reservedAt }) => <TimeText at={reservedAt} /> },
    { key: 'sent', title: words.sent, phone: 'hidden', render: ({ sentAt }) => <TimeText at={sentAt} /> },
  ];
}
