import { errorDefinitions } from '@wutong/contract';
import { useReader } from '../../frame/reader.tsx';

/** The sentence registered for a code, in the reader's language. */
export function useCodeSentence(): (code: string) => string {
  const { language } = useReader();
  const known: Record<string, { en: string; zh: string } | undefined> = errorDefinitions;
  return (code) => known[code]?.[language] ?? code;
}
