import type { contentApi, ResponseOf } from '@wutong/contract';
import { useReader } from '../../frame/reader.tsx';
import { Facts } from '../../parts/facts.tsx';
import styles from './content.module.css';

interface ChannelPreviewProps {
  channel: string;
  /** The templates, shown while no rendering is there. */
  fields: Record<string, string>;
  rendered: ResponseOf<typeof contentApi.previewContent>['previews'][number] | undefined;
}

/** A text as it looks where it arrives: a bubble, a notification, a card, a letter. */
export function ChannelPreview({ channel, fields, rendered }: ChannelPreviewProps) {
  const { text, format } = useReader();
  const shown: Record<string, string> = { ...fields, ...rendered?.fields };
  const names: Record<string, string> = text.contents.fields;
  if (channel === 'sms') {
    return (
      <div>
        <p className={styles.bubble}>{shown['text']}</p>
        {rendered?.segments !== undefined && (
          <p className="faint">
            {text.contents.segments(format.integer(rendered.segments), format.integer(rendered.length))}
          </p>
        )}
      </div>
    );
  }
  if (channel === 'push' || channel === 'in_app') {
    return (
      <div className={styles.notice}>
        <b>{shown['title']}</b>
        <p>{shown['body']}</p>
        {shown['link'] && <p className="faint mono">{shown['link']}</p>}
        {shown['slot'] && (
          <p className="faint">
            {names['slot']} <code className="mono">{shown['slot']}</code>
          </p>
        )}
      </div>
    );
  }
  return (
    <div className={styles.letter}>
      <Facts
        facts={Object.entries(shown)
          .filter(([name, value]) => name !== 'html' && value)
          .map(([name, value]) => [
            names[name] ?? name,
            <span key={name} style={{ whiteSpace: 'pre-wrap' }}>
              {value}
            </span>,
          ])}
      />
    </div>
  );
}
