import type { StreamMapping, StreamSettings } from '@wutong/contract';
import { CodedError } from '../../../platform/index.ts';
import { mappedJsonStream } from './mapped-json.ts';
import type { StreamFormat } from './stream-format.ts';
import { cloudEventsStream, nativeStream, segmentStream, sensorsStream } from './wire-formats.ts';

type Make = (mapping: StreamMapping | undefined, timeZone: string) => StreamFormat;

/** All formats of messages; a new one is a file, a line here and its name in the contract. */
const formats: Readonly<Record<StreamSettings['format'], Make>> = {
  native: () => nativeStream,
  sensors: () => sensorsStream,
  segment: () => segmentStream,
  cloudevents: () => cloudEventsStream,
  json(mapping, timeZone) {
    if (mapping) return mappedJsonStream(mapping, timeZone);
    throw new CodedError('stream_settings_invalid', { details: { mapping: 'the format json needs one' } });
  },
};

/** The format of a stream. @throws CodedError stream_settings_invalid, mapping_invalid */
export function streamFormatOf(settings: StreamSettings, timeZone: string): StreamFormat {
  return formats[settings.format](settings.mapping, timeZone);
}
