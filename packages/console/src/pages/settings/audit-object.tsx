import { Link } from 'react-router-dom';
import { useReader } from '../../frame/reader.tsx';
import { useContentNames, useStrategyNames, useSupplierNames, useUserNames } from '../../frame/use-names.ts';
import { PersonName } from '../../parts/person-name.tsx';
import { wordFor } from '../../text/text.ts';
import { useKeyTitles } from '../identity/use-key-titles.ts';
import { useInsightNames } from '../insight/question/use-insight-names.ts';
import { useSourceNames } from '../people/use-source-names.ts';
import type { AuditRow } from './audit-row.ts';

const PERSON = /^person (\d+)$/;

/** What an entry is about, by its name, as a door to its page where it has one. */
export function AuditObject({ entry: { action, object } }: { entry: AuditRow }) {
  const { text } = useReader();
  const words = text.audit;
  const [family = ''] = action.split('.');
  const strategy = useStrategyNames();
  const content = useContentNames();
  const supplier = useSupplierNames();
  const user = useUserNames();
  const source = useSourceNames();
  const keyTitle = useKeyTitles();
  const { segments, tags, event } = useInsightNames();
  const person = PERSON.exec(object)?.[1];
  if (person) return <PersonName personId={Number(person)} />;
  // Some rooms write `strategy wealth-renewal`, some the id alone.
  const id = object.startsWith(`${family} `) ? object.slice(family.length + 1) : object;
  const door = (to: string, name: string) => <Link to={to}>{name}</Link>;
  switch (family) {
    case 'strategy':
      return door(`/strategies/${encodeURIComponent(id)}`, strategy(id));
    case 'content': {
      const [contentId = '', version] = id.split('/');
      const name = version
        ? `${content(contentId)} ${text.strategy.versionNumber(version)}`
        : content(contentId);
      return door(`/content/${encodeURIComponent(contentId)}`, name);
    }
    case 'segment':
      return door(`/audiences/${id}`, segments.find(({ segmentId }) => segmentId === id)?.name ?? id);
    case 'tag':
      return door(`/tags/${id}`, tags.find(({ tagId }) => tagId === id)?.name ?? id);
    case 'supplier':
      return <>{supplier(id)}</>;
    case 'source': {
      const [sourceId = ''] = id.split('/');
      return door(`/data/sources/${encodeURIComponent(sourceId)}`, source(sourceId));
    }
    case 'route':
      return <>{wordFor(text.words.channel, id)}</>;
    case 'user':
      return <>{user(id)}</>;
    case 'key_type':
      return door(`/data/keys/${encodeURIComponent(id)}`, keyTitle(id));
    case 'plan':
      return <>{event(id)}</>;
    case 'report':
      return <>{wordFor({ ...text.insight.kinds, people: words.peopleList }, id)}</>;
    case 'policy':
      return <>{text.strategy.versionNumber(id)}</>;
    case 'profile': {
      // `detail type loan`, `attribute city`, `purpose marketing`.
      const [kind = '', ...rest] = object.split(' ');
      const name = rest.at(-1) ?? '';
      const called = (words.values as Record<string, string | undefined>)[name] ?? name;
      return <>{`${wordFor(words.objects, kind)} ${called}`}</>;
    }
    default:
      return <>{wordFor(words.objects, object)}</>;
  }
}
