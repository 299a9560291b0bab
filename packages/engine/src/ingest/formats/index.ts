import { cloudEventsFormat } from './cloudevents.ts';
import type { Format } from './format.ts';
import { nativeFormat } from './native.ts';
import { segmentFormat } from './segment.ts';
import { sensorsFormat } from './sensors.ts';

/** All wire formats; a new one is a file and a line here. */
export const formats: readonly Format[] = [sensorsFormat, segmentFormat, cloudEventsFormat, nativeFormat];

/** The format of a rejected record that is replayed. */
export function formatNamed(name: string): Format | undefined {
  return formats.find((format) => format.name === name);
}
