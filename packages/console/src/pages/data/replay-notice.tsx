import { App } from 'antd';
import type { ingestApi, ResponseOf } from '@wutong/contract';
import { useReader } from '../../frame/reader.tsx';
import { useCodeSentence } from './code-sentence.ts';

type Replayed = Pick<
  ResponseOf<typeof ingestApi.replayRejected>,
  'stored' | 'duplicate' | 'rejectedAgain' | 'reasons'
>;

/** Says what a replay did; with the reasons, when something was rejected again. */
export function useReplayNotice(): (replayed: Replayed) => void {
  const { text, format } = useReader();
  const words = text.data.rejected;
  const { message, modal } = App.useApp();
  const sentence = useCodeSentence();
  return ({ stored, duplicate, rejectedAgain, reasons }) => {
    const said = words.replayed(format.integer(stored + duplicate), format.integer(rejectedAgain));
    if (rejectedAgain === 0) {
      void message.success(said);
      return;
    }
    void modal.warning({
      title: said,
      okText: text.state.close,
      content: (
        <>
          <p>{words.againReasons}</p>
          <ul>
            {reasons.map(({ code, count }) => (
              <li key={code}>
                {sentence(code)} ({format.integer(count)})
              </li>
            ))}
          </ul>
        </>
      ),
    });
  };
}
