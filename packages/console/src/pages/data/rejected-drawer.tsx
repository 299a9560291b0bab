import { useState } from 'react';
import { Drawer, Input } from 'antd';
import { ingestApi } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { Facts } from '../../parts/facts.tsx';
import { ValueText } from '../../parts/shown-value.tsx';
import { Answer } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { wordFor } from '../../text/text.ts';
import { useSourceNames } from '../people/use-source-names.ts';
import { useCodeSentence } from './code-sentence.ts';
import { RejectedActions, type OpenRejected } from './rejected-actions.tsx';
import { RejectedRowView } from './rejected-row-view.tsx';

interface ViewProps {
  rejected: OpenRejected;
  onClose: () => void;
}

/** A rejected record with its raw text, or a rejected row with its cells: read it, repair it, replay or discard it. */
export function RejectedDrawer({ rejectedId, onClose }: { rejectedId: string; onClose: () => void }) {
  const { text } = useReader();
  const words = text.data.rejected;
  const rejected = useRead(ingestApi.readRejected, { params: { rejectedId } });
  const isRow = rejected.data?.unit === 'row';
  return (
    <Drawer open size="large" title={isRow ? words.row.title : words.raw} onClose={onClose}>
      <Answer query={rejected} rows={8}>
        {(data) => {
          const View = data.opened ? RejectedRowView : RejectedRecordView;
          return <View key={rejectedId} rejected={data} onClose={onClose} />;
        }}
      </Answer>
    </Drawer>
  );
}

function RejectedRecordView({ rejected, onClose }: ViewProps) {
  const { text } = useReader();
  const words = text.data.rejected;
  const sentence = useCodeSentence();
  const sourceName = useSourceNames();
  const [raw, setRaw] = useState(rejected.raw);
  const settled = rejected.state === 'replayed' || rejected.state === 'discarded';
  const isText = rejected.rawEncoding === 'text';
  return (
    <div className="stack">
      {!rejected.isMasked && <p className="faint">{words.rawHint}</p>}
      <Facts
        facts={[
          [words.reason, sentence(rejected.code)],
          ...Object.entries(rejected.details).map(
            ([name, value]) =>
              [wordFor(words.detailNames, name), <ValueText key={name} value={value} />] as const,
          ),
          [words.source, sourceName(rejected.sourceId)],
          [words.received, <TimeText key="received" at={rejected.receivedAt} form="full" />],
        ]}
      />
      {!isText && <p className="faint">{words.rawBinary}</p>}
      {!rejected.isMasked && (
        <Input.TextArea
          className="mono"
          aria-label={words.raw}
          autoSize={{ minRows: 8, maxRows: 24 }}
          readOnly={settled || !isText}
          value={raw}
          onChange={(event) => setRaw(event.target.value)}
        />
      )}
      <RejectedActions
        rejected={rejected}
        repair={raw !== rejected.raw && isText ? { raw } : undefined}
        onClose={onClose}
      />
    </div>
  );
}
