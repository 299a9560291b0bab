import { Button } from 'antd';
import { outputsApi, type ResponseOf } from '@wutong/contract';
import { LIVE_MS } from '../../../api/use-endpoint.ts';
import { usePages } from '../../../api/use-pages.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { sizeText } from './output-words.tsx';

type Slice = ResponseOf<typeof outputsApi.listOutputSlices>['items'][number];

/** What was sent, newest first; files may be downloaded by whoever may see what is in them. */
export function OutputHistory({ output }: { output: outputsApi.Output }) {
  const { text, format } = useReader();
  const words = text.outputs;
  const { outputId, openPersonalData } = output;
  const mayOpen = useMay({ permission: 'pii.open' });
  const mayDownload = !openPersonalData || mayOpen;
  const slices = usePages(
    outputsApi.listOutputSlices,
    { params: { outputId }, query: {} },
    { refetchIntervalMs: LIVE_MS * 2 },
  );
  const hasFiles = output.destination.kind === 'files';
  const columns: Column<Slice>[] = [
    {
      key: 'finished',
      title: words.finishedAt,
      phone: 'title',
      render: ({ finishedAt }) => <TimeText at={finishedAt} form="full" />,
    },
    { key: 'rows', title: words.rows, numeric: true, render: ({ rows }) => format.integer(rows) },
    { key: 'bytes', title: words.size, numeric: true, render: ({ bytes }) => sizeText(bytes, format) },
    ...(hasFiles
      ? [
          {
            key: 'file',
            title: words.file,
            render: ({ slice, file, sha256 }: Slice) =>
              file && (
                <>
                  <code className="mono" style={{ overflowWrap: 'anywhere' }}>
                    {file}
                  </code>{' '}
                  {mayDownload && (
                    <Button
                      size="small"
                      type="link"
                      href={`/api/v1/outputs/${outputId}/slices/${slice}/file`}
                      download
                      aria-label={`${words.download} ${file}`}
                    >
                      {words.download}
                    </Button>
                  )}
                  {sha256 && (
                    <div className="faint mono" title={sha256}>
                      {words.checksum} {sha256.slice(0, 12)}…
                    </div>
                  )}
                </>
              ),
          },
        ]
      : []),
  ];
  return (
    <Panel flush title={words.history} extra={hasFiles && openPersonalData && words.downloadOpen}>
      <Answer query={slices.query}>
        {() => (
          <RecordTable
            label={words.history}
            columns={columns}
            rows={slices.items}
            rowKey={({ slice }) => slice}
            more={slices.more}
            empty={<EmptyState small title={words.historyNone} />}
          />
        )}
      </Answer>
    </Panel>
  );
}
