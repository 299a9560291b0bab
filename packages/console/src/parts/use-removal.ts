import { useEffect, useRef } from 'react';
import { App } from 'antd';
import { useNavigate } from 'react-router-dom';
import type { Endpoint } from '@wutong/contract';
import type { CallInput } from '../api/call.ts';
import { useWrite } from '../api/use-endpoint.ts';
import { useReader } from '../frame/reader.tsx';
import { sentenceOf } from './states.tsx';

/**
 * Deletes what a page shows, once the page is gone: until the next one is loaded it would go on asking for what is no
 * longer there. A refusal is said on the page that follows.
 */
export function useRemoval<E extends Endpoint>(
  endpoint: E,
  list: Endpoint,
  to: string,
): (input: CallInput<E>) => void {
  const { text } = useReader();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const remove = useWrite(endpoint, [list]);
  const whenGone = useRef<() => void>(undefined);
  useEffect(() => () => whenGone.current?.(), []);
  return (input) => {
    whenGone.current = () =>
      void remove.mutateAsync(input).catch((error: unknown) => message.error(sentenceOf(error, text)));
    void navigate(to);
  };
}
