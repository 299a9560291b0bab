import type { EventSource } from '@wutong/contract';
import {
  readEventQuestion,
  writeEventQuestion,
  writeEventValue,
  type EventQuestion,
} from '../rule/event-question.ts';
import { typeOf } from '../rule/value-type.ts';
import { useRule } from '../rule-context.ts';
import { ComparisonPart } from './comparison-part.tsx';
import { EventMeasureChoice, EventMeasureDetail } from './event-measure.tsx';
import { EventPart } from './event-part.tsx';
import type { RowProps } from './row.ts';
import { WindowField } from './window-field.tsx';

/** When, done or how much, which event, compared how. */
export function EventRow({ condition, subject, onChange }: RowProps) {
  const { names } = useRule();
  const question = readEventQuestion(condition);
  if (!question) return null;
  const { measure, source, comparison } = question;
  const put = (changed: Partial<EventQuestion>) => onChange(writeEventQuestion({ ...question, ...changed }));
  const isDone = measure === 'did' || measure === 'didNot';
  const typing = isDone ? undefined : typeOf(names, subject, writeEventValue(question));
  return (
    <>
      <WindowField
        optional
        value={source.window}
        onChange={(window) => put({ source: withWindow(source, window) })}
      />
      {isDone && <EventMeasureChoice question={question} onChange={put} />}
      <EventPart source={source} onChange={(changed) => put({ source: changed })}>
        {!isDone && (
          <>
            <EventMeasureChoice question={question} onChange={put} />
            <EventMeasureDetail question={question} onChange={put} />
          </>
        )}
        {comparison && !isDone && (
          <ComparisonPart
            comparison={comparison}
            typing={typing}
            onChange={(changed) => put({ comparison: changed })}
          />
        )}
      </EventPart>
    </>
  );
}

function withWindow({ window: _former, ...source }: EventSource, window: EventSource['window']): EventSource {
  return window ? { ...source, window } : source;
}
