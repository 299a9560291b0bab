import { App, Button } from 'antd';
import { useQueryClient } from '@tanstack/react-query';
import { ingestApi } from '@wutong/contract';
import { call } from '../../api/call.ts';
import type { PlanEvent } from '../../api/vocabulary.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { sentenceOf } from '../../parts/states.tsx';

/** Days of silence after which an event counts as unused. */
export const UNUSED_DAYS = 30;

/** Takes events that nobody sends any more out of the lists; they come back when they are shown again. */
export function HideUnused({ unused }: { unused: readonly PlanEvent[] }) {
  const { text, format } = useReader();
  const words = text.data.plan;
  const may = useMay(ingestApi.savePlanEvent);
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  if (!may || unused.length === 0) return null;
  const hide = async () => {
    try {
      for (const { event } of unused) {
        await call(ingestApi.savePlanEvent, { params: { event }, body: { state: 'hidden' } });
      }
      void message.success(words.saved);
    } catch (error) {
      void message.error(sentenceOf(error, text));
    }
    await client.invalidateQueries({ queryKey: [ingestApi.listTrackingPlan.name] });
  };
  return (
    <Button
      onClick={() =>
        void modal.confirm({
          title: words.hideUnused(format.integer(unused.length)),
          content: words.hideQuestion,
          okText: text.state.confirm,
          cancelText: text.state.cancel,
          onOk: hide,
        })
      }
    >
      {words.hideUnused(format.integer(unused.length))}
    </Button>
  );
}
