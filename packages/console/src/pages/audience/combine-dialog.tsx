import { useState } from 'react';
import { Button, Modal, Radio } from 'antd';
import { ArrowUpOutlined } from '@ant-design/icons';
import { useNavigate } from 'react-router-dom';
import { audienceApi } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { Failure } from '../../parts/states.tsx';
import { useReturnFocus } from '../../parts/use-return-focus.ts';
import { combinations, combinedText, type Combination } from './combination.ts';
import styles from './segment-list.module.css';

interface CombineDialogProps {
  segments: readonly { segmentId: string; name: string; members?: number | undefined }[];
  onClose: () => void;
}

/** Puts chosen segments together, says at once how many that gives, and goes on to a new segment. */
export function CombineDialog({ segments, onClose }: CombineDialogProps) {
  useReturnFocus();
  const { text, format } = useReader();
  const words = text.audience.combine;
  const navigate = useNavigate();
  const [combination, setCombination] = useState<Combination>('union');
  const [order, setOrder] = useState(() => segments.map(({ segmentId }) => segmentId));
  const expression = combinedText(combination, order);
  const counted = useRead(audienceApi.countEql, { body: { text: expression } }, { keepPrevious: true });
  const toFront = (segmentId: string) => setOrder([segmentId, ...order.filter((each) => each !== segmentId)]);
  return (
    <Modal
      open
      title={words.title}
      okText={words.goOn}
      okButtonProps={{ disabled: !counted.data }}
      onOk={() => void navigate(`/audiences/new?text=${encodeURIComponent(expression)}`)}
      onCancel={onClose}
    >
      <div className="stack">
        <Radio.Group
          value={combination}
          onChange={({ target }) => setCombination(target.value as Combination)}
          options={combinations.map((value) => ({ value, label: words[value] }))}
          optionType="button"
          buttonStyle="solid"
        />
        <p className="faint">{words.hint[combination]}</p>
        <ol className={styles.order}>
          {order.map((segmentId, index) => {
            const segment = segments.find((each) => each.segmentId === segmentId);
            const sign = index === 0 ? '' : words.sign[combination];
            return (
              <li key={segmentId}>
                <span className={styles.sign}>{sign}</span>
                <span>{segment?.name ?? segmentId}</span>
                <span className="faint number">{format.integer(segment?.members)}</span>
                {combination === 'difference' && index > 0 && (
                  <Button
                    size="small"
                    type="text"
                    icon={<ArrowUpOutlined />}
                    aria-label={words.first}
                    title={words.first}
                    onClick={() => toFront(segmentId)}
                  />
                )}
              </li>
            );
          })}
        </ol>
        {counted.error ? (
          <Failure error={counted.error} />
        ) : (
          <p aria-live="polite">
            {text.audience.count} <b className={styles.result}>{format.integer(counted.data?.count)}</b>{' '}
            {counted.data && (
              <span className="faint">
                {text.audience.countOf(
                  format.integer(counted.data.total),
                  format.percent(
                    counted.data.total > 0 ? counted.data.count / counted.data.total : undefined,
                  ),
                )}
              </span>
            )}
          </p>
        )}
      </div>
    </Modal>
  );
}
