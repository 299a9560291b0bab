import { errorDefinitions } from '@wutong/contract';
import { useReader } from '../../frame/reader.tsx';
import { plainSentence } from '../../parts/plain-sentence.ts';

/** The sentence registered for a code, in the reader's language. */
export function useCodeSentence(): (code: string) => string {
  const { language, text } = useReader();
  const known: Record<string, { en: string; zh: string } | undefined> = errorDefinitions;
  return (code) => plainSentence(known[code]?.[language] ?? code, text);
}
