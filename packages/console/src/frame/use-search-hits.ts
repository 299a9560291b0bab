import { audienceApi, canvasApi, hubApi, identityApi } from '@wutong/contract';
import { useRead } from '../api/use-endpoint.ts';
import { usePersonTitles } from '../parts/use-person-titles.ts';
import { wordFor } from '../text/text.ts';
import { menuFor } from './menu.tsx';
import { useReader } from './reader.tsx';
import { useSession } from './session.tsx';

export interface SearchHit {
  group: 'people' | 'strategies' | 'segments' | 'messages' | 'pages';
  title: string;
  note: string;
  to: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const PER_GROUP = 6;

/** What a text finds. Short texts are not sent: nobody's key has one character. */
export function useSearchHits(asked: string): { hits: SearchHit[]; busy: boolean } {
  const { text } = useReader();
  const { user } = useSession();
  const enabled = asked.length >= 2;
  const people = useRead(
    identityApi.findPeople,
    { query: { search: asked } },
    { enabled: asked.length >= 3 },
  );
  const strategies = useRead(
    canvasApi.listStrategies,
    { query: { search: asked, limit: PER_GROUP } },
    { enabled },
  );
  const segments = useRead(
    audienceApi.listSegments,
    { query: { search: asked, limit: PER_GROUP } },
    { enabled },
  );
  const messageId = UUID.test(asked) ? asked : undefined;
  const message = useRead(
    hubApi.readMessage,
    { params: { messageId: messageId ?? '' } },
    { enabled: messageId !== undefined },
  );
  const titles = usePersonTitles((people.data?.items ?? []).map(({ personId }) => personId));
  const { words, frame, people: peopleText } = text;
  const needle = asked.toLowerCase();
  const hits: SearchHit[] = [
    ...(people.data?.items ?? []).slice(0, PER_GROUP).map(({ personId, matched }): SearchHit => ({
      group: 'people',
      title: titles.get(personId) ?? peopleText.numbered(String(personId)),
      note: `${wordFor(words.keyType, matched.type)} ${matched.masked}`,
      to: `/people/${personId}`,
    })),
    ...(strategies.data?.items ?? []).map(({ strategyId, name, state }): SearchHit => ({
      group: 'strategies',
      title: name,
      note: wordFor(words.strategyState, state),
      to: `/strategies/${strategyId}`,
    })),
    ...(segments.data?.items ?? []).map(({ segmentId, name, description }): SearchHit => ({
      group: 'segments',
      title: name,
      note: description.slice(0, 24),
      to: `/audiences/${segmentId}`,
    })),
    ...(message.data
      ? [
          {
            group: 'messages' as const,
            title: message.data.message.messageId,
            note: wordFor(words.messageState, message.data.message.state),
            to: `/messages/${message.data.message.messageId}`,
          },
        ]
      : []),
    ...menuFor(user)
      .flatMap(({ items }) => items)
      .map(({ to, label }): SearchHit => ({ group: 'pages', title: frame.menu[label], note: '', to }))
      .filter(({ title }) => asked !== '' && title.toLowerCase().includes(needle)),
  ];
  const busy = [people, strategies, segments, message].some(({ isFetching }) => isFetching);
  return { hits: enabled || asked === '' ? hits : hits.filter(({ group }) => group === 'pages'), busy };
}
