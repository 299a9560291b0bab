import { identityApi } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { wordFor } from '../../text/text.ts';

/** The name of a key type in the reader's language; whoever may not read the rules gets the usual words. */
export function useKeyTitles(): (type: string) => string {
  const { text, language } = useReader();
  const { data } = useRead(identityApi.listKeyTypes, undefined, {
    refetchIntervalMs: 60_000,
    enabled: useMay(identityApi.listKeyTypes),
  });
  return (type) =>
    data?.items.find((each) => each.type === type)?.title[language] ?? wordFor(text.words.keyType, type);
}
