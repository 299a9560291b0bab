import { App } from 'antd';
import { audienceApi } from '@wutong/contract';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';

/** What a button that computes something needs; `allowed` false: the reader has no right to. */
export interface ComputeNow {
  readonly allowed: boolean;
  readonly isPending: boolean;
  readonly run: () => void;
}

/** Computes a segment at once, and says how many members it has. */
export function useComputeSegment(segmentId: string): ComputeNow {
  const tell = useTellComputed();
  const { mutate, isPending } = useWrite(audienceApi.computeSegment, [
    audienceApi.readSegment,
    audienceApi.listSegmentMembers,
  ]);
  const run = () =>
    mutate(
      { params: { segmentId } },
      { onSuccess: ({ members }) => tell.done(members), onError: tell.failed },
    );
  return { allowed: useMay(audienceApi.computeSegment), isPending, run };
}

/** Computes a tag at once, and says how many people have a value. */
export function useComputeTag(tagId: string): ComputeNow {
  const tell = useTellComputed();
  const { mutate, isPending } = useWrite(audienceApi.computeTag, [audienceApi.readTag]);
  const run = () =>
    mutate({ params: { tagId } }, { onSuccess: ({ people }) => tell.done(people), onError: tell.failed });
  return { allowed: useMay(audienceApi.computeTag), isPending, run };
}

function useTellComputed(): { done: (people: number | undefined) => void; failed: (error: Error) => void } {
  const { text, format } = useReader();
  const { message } = App.useApp();
  return {
    done: (people) => void message.success(text.audience.computeDone(format.integer(people))),
    failed: (error) => void message.error(error.message),
  };
}
