/** A stream as its editor holds it, and the settings that follow. */
import type { BodyInputOf, streamsApi } from '@wutong/contract';
import {
  connectionOf,
  isKafkaComplete,
  kafkaDraftOf,
  newKafkaDraft,
  type KafkaDraft,
} from '../kafka/kafka-draft.ts';
import { problemsOf, recordOf, type RecordPlan } from '../mapping/record-plan.ts';

export type SettingsInput = BodyInputOf<typeof streamsApi.createStream>['settings'];
type Settings = streamsApi.Stream['settings'];
export type Format = Settings['format'];

export const formats: readonly Format[] = ['json', 'native', 'sensors', 'segment', 'cloudevents'];

export interface StreamDraft {
  streamId: string;
  name: string;
  /** Empty: a new source with the id of the stream. */
  sourceId: string;
  kafka: KafkaDraft;
  topics: string[];
  group: string;
  start: 'earliest' | 'latest' | 'time';
  /** ISO time of `start: time`. */
  startTime: string | null;
  format: Format;
}

export const newStreamDraft: StreamDraft = {
  streamId: '',
  name: '',
  sourceId: '',
  kafka: newKafkaDraft,
  topics: [],
  group: 'wutong',
  start: 'earliest',
  startTime: null,
  format: 'json',
};

export function streamDraftOf({ streamId, name, sourceId, settings }: streamsApi.Stream): StreamDraft {
  const { startAt } = settings;
  const isTime = startAt !== 'earliest' && startAt !== 'latest';
  return {
    streamId,
    name,
    sourceId,
    kafka: kafkaDraftOf(settings),
    topics: settings.topics,
    group: settings.group,
    start: isTime ? 'time' : (startAt as 'earliest' | 'latest'),
    startTime: isTime ? startAt : null,
    format: settings.format,
  };
}

const ID = /^[a-z][a-z0-9_]{0,62}$/;
const TOPIC = /^[A-Za-z0-9._-]{1,249}$/;

/** Whether the brokers can be tried. */
export const isReachable = ({ kafka, topics, group }: StreamDraft): boolean =>
  isKafkaComplete(kafka) &&
  topics.length > 0 &&
  topics.every((each) => TOPIC.test(each)) &&
  group.trim() !== '';

/** Whether everything is said; a stored stream may keep its mapping. */
export function isStreamComplete(
  draft: StreamDraft,
  plan: RecordPlan | undefined,
  keepsMapping: boolean,
): boolean {
  const isDescribed =
    draft.format !== 'json' || keepsMapping || (plan !== undefined && problemsOf(plan).length === 0);
  return (
    isReachable(draft) &&
    isDescribed &&
    ID.test(draft.streamId) &&
    draft.name.trim() !== '' &&
    (draft.start !== 'time' || draft.startTime !== null)
  );
}

/** What the API takes; what the editor does not show stays as it was. */
export function settingsOf(
  draft: StreamDraft,
  plan: RecordPlan | undefined,
  former: Settings | undefined,
): SettingsInput {
  const kept = former?.mapping;
  const mapping =
    plan === undefined
      ? kept
      : problemsOf(plan).length === 0
        ? { timeZone: kept?.timeZone, missing: kept?.missing, records: [recordOf(plan)] }
        : undefined;
  return {
    ...(former ? { sessionTimeoutMs: former.sessionTimeoutMs } : {}),
    kind: 'kafka',
    ...connectionOf(draft.kafka),
    topics: draft.topics,
    group: draft.group.trim(),
    startAt: draft.start === 'time' ? (draft.startTime ?? 'earliest') : draft.start,
    format: draft.format,
    ...(draft.format === 'json' && mapping ? { mapping } : {}),
  };
}
