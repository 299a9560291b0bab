/** An output as its form holds it, and what the API takes. */
import type { BodyInputOf, outputsApi, OutputDestination, OutputSelection } from '@wutong/contract';
import {
  connectionOf,
  isKafkaComplete,
  kafkaDraftOf,
  newKafkaDraft,
  type KafkaDraft,
} from '../kafka/kafka-draft.ts';

type Body = BodyInputOf<typeof outputsApi.createOutput>;
export type Subject = OutputSelection['subject'];
export type Kind = OutputDestination['kind'];
export type ScheduleKind = Body['schedule']['kind'];

export const subjects: readonly Subject[] = ['events', 'portraits', 'memberships', 'receipts'];
export const kinds: readonly Kind[] = ['files', 'webhook', 'kafka'];
export const scheduleKinds: readonly ScheduleKind[] = ['continuous', 'every', 'daily', 'once'];

export interface OutputDraft {
  outputId: string;
  name: string;
  subject: Subject;
  events: string[];
  segmentIds: string[];
  attributes: string[];
  tags: string[];
  keyTypes: string[];
  startAt: 'now' | 'beginning';
  open: boolean;
  kind: Kind;
  format: 'csv' | 'ndjson';
  gzip: boolean;
  folder: string;
  url: string;
  rowsADelivery: number;
  attempts: number;
  timeoutSeconds: number;
  topic: string;
  kafka: KafkaDraft;
  schedule: ScheduleKind;
  minutes: number;
  at: string;
}

export const newOutputDraft: OutputDraft = {
  outputId: '',
  name: '',
  subject: 'events',
  events: [],
  segmentIds: [],
  attributes: [],
  tags: [],
  keyTypes: [],
  startAt: 'now',
  open: false,
  kind: 'files',
  format: 'csv',
  gzip: true,
  folder: 'wutong',
  url: '',
  rowsADelivery: 200,
  attempts: 12,
  timeoutSeconds: 15,
  topic: '',
  kafka: newKafkaDraft,
  schedule: 'every',
  minutes: 60,
  at: '06:00',
};

export function outputDraftOf({
  selection,
  destination,
  schedule,
  ...output
}: outputsApi.Output): OutputDraft {
  const chosen: OutputDraft = {
    ...newOutputDraft,
    ...selection,
    outputId: output.outputId,
    name: output.name,
    open: output.openPersonalData,
    kind: destination.kind,
    schedule: schedule.kind,
    minutes: schedule.kind === 'every' ? schedule.minutes : newOutputDraft.minutes,
    at: schedule.kind === 'daily' ? schedule.at : newOutputDraft.at,
  };
  switch (destination.kind) {
    case 'files':
      return { ...chosen, format: destination.format, gzip: destination.gzip, folder: destination.folder };
    case 'webhook': {
      const { url, rowsADelivery, attempts, timeoutMs } = destination;
      return { ...chosen, url, rowsADelivery, attempts, timeoutSeconds: Math.round(timeoutMs / 1_000) };
    }
    case 'kafka':
      return { ...chosen, topic: destination.topic, kafka: kafkaDraftOf(destination) };
  }
}

export function selectionOf(draft: OutputDraft): Body['selection'] {
  const { subject, keyTypes, startAt } = draft;
  switch (subject) {
    case 'events':
      return { subject, events: draft.events, keyTypes, startAt };
    case 'receipts':
      return { subject, keyTypes, startAt };
    case 'memberships':
      return { subject, segmentIds: draft.segmentIds, keyTypes, startAt };
    case 'portraits':
      return { subject, attributes: draft.attributes, tags: draft.tags, keyTypes };
  }
}

export function destinationOf(draft: OutputDraft): Body['destination'] {
  const { kind } = draft;
  switch (kind) {
    case 'files':
      return { kind, format: draft.format, gzip: draft.gzip, folder: draft.folder.trim() };
    case 'webhook': {
      const { rowsADelivery, attempts, timeoutSeconds } = draft;
      return { kind, url: draft.url.trim(), rowsADelivery, attempts, timeoutMs: timeoutSeconds * 1_000 };
    }
    case 'kafka':
      return { kind, ...connectionOf(draft.kafka), topic: draft.topic.trim() };
  }
}

export function scheduleOfDraft({ schedule, minutes, at }: OutputDraft): Body['schedule'] {
  if (schedule === 'every') return { kind: schedule, minutes };
  if (schedule === 'daily') return { kind: schedule, at };
  return { kind: schedule };
}

/** Once, and from now on: nothing would ever leave. */
export const isEmptyOnce = ({ schedule, subject, startAt }: OutputDraft): boolean =>
  schedule === 'once' && subject !== 'portraits' && startAt === 'now';

/** Whether a step of the form says all that it must. */
export function isStepComplete(step: Step, draft: OutputDraft): boolean {
  switch (step) {
    case 'what':
      return draft.subject !== 'memberships' || draft.segmentIds.length > 0;
    case 'where':
      return isPlace(draft);
    case 'columns':
      return true;
    case 'when':
      return /^[a-z][a-z0-9_]{0,62}$/.test(draft.outputId) && draft.name.trim() !== '' && !isEmptyOnce(draft);
  }
}

export const steps = ['what', 'where', 'columns', 'when'] as const;
export type Step = (typeof steps)[number];

function isPlace(draft: OutputDraft): boolean {
  if (draft.kind === 'files') return /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(draft.folder.trim());
  if (draft.kind === 'webhook') return /^https?:\/\/[^\s/]+/.test(draft.url.trim());
  return isKafkaComplete(draft.kafka) && /^[A-Za-z0-9._-]{1,249}$/.test(draft.topic.trim());
}
