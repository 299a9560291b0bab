import { useEffect, useRef, useState, type RefObject } from 'react';
import { Select } from 'antd';
import { Link } from 'react-router-dom';
import { identityApi } from '@wutong/contract';
import { quarantineStates, type QuarantineItem } from '../../api/vocabulary.ts';
import { CALM_MS } from '../../api/use-endpoint.ts';
import { usePages } from '../../api/use-pages.ts';
import { useReader } from '../../frame/reader.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { useWide } from '../../parts/use-wide.ts';
import { ReviewItem } from './review-item.tsx';
import { ReviewList } from './review-list.tsx';
import styles from './review.module.css';

type State = QuarantineItem['state'];
type Reason = QuarantineItem['reason'];

/** What guards and linking stopped: a queue on the left, both sides of the chosen one on the right. */
export default function QuarantinePage() {
  const { text, format } = useReader();
  const words = text.data.quarantine;
  const [state, setState] = useUrlState('state', 'open');
  const [reason, setReason] = useUrlState('reason');
  const [chosenId, setChosenId] = useUrlState('item');
  const wide = useWide();
  const items = usePages(
    identityApi.listQuarantine,
    { query: { state: state as State, reason: (reason || undefined) as Reason | undefined } },
    { refetchIntervalMs: CALM_MS },
  );
  const list = items.items;
  const chosen = list.find(({ itemId }) => itemId === chosenId) ?? (wide ? list[0] : undefined);
  const openCount = items.first?.openCount;
  const [decided, setDecided] = useState(false);
  const region = useFocusAfter(decided, chosen?.itemId);
  const choose = (itemId: string) => {
    setDecided(false);
    setChosenId(itemId);
  };
  /** After a decision the one that stood behind it comes next, and the keyboard goes there too. */
  const next = () => {
    setDecided(true);
    const index = list.findIndex(({ itemId }) => itemId === chosen?.itemId);
    setChosenId(list[index + 1]?.itemId ?? list[index - 1]?.itemId ?? '');
  };
  return (
    <Page
      title={words.title}
      lead={openCount ? text.identity.review.waiting(format.integer(openCount)) : words.lead}
    >
      <Filters>
        <Select
          aria-label={text.data.sources.state}
          value={state}
          onChange={setState}
          style={{ minWidth: 120 }}
          options={quarantineStates.map((value) => ({ value, label: words.states[value] }))}
        />
        <Select
          aria-label={text.data.rejected.reason}
          value={reason}
          onChange={setReason}
          style={{ minWidth: 170 }}
          options={[
            { value: '', label: text.identity.review.anyReason },
            ...identityApi.quarantineReasons.map((value) => ({ value, label: words.reason[value] })),
          ]}
        />
      </Filters>
      <Answer query={items.query} rows={8}>
        {() =>
          list.length === 0 ? (
            <section ref={region} tabIndex={-1} className={styles.region}>
              <NothingWaits open={state === 'open' && reason === ''} />
            </section>
          ) : (
            <div className={styles.columns}>
              {(wide || !chosen) && (
                <ReviewList items={list} chosen={chosen?.itemId} onChoose={choose} more={items.more} />
              )}
              {chosen && (
                <section
                  ref={region}
                  tabIndex={-1}
                  className={styles.region}
                  aria-label={words.reason[chosen.reason]}
                >
                  <ReviewItem
                    key={chosen.itemId}
                    item={chosen}
                    onDecided={next}
                    onBack={wide ? undefined : () => choose('')}
                  />
                </section>
              )}
            </div>
          )
        }
      </Answer>
    </Page>
  );
}

/** The part of the page that takes the focus when what it shows has changed by a decision: its button is gone. */
function useFocusAfter(decided: boolean, itemId: string | undefined): RefObject<HTMLElement | null> {
  const region = useRef<HTMLElement>(null);
  useEffect(() => {
    if (decided) region.current?.focus();
  }, [decided, itemId]);
  return region;
}

function NothingWaits({ open }: { open: boolean }) {
  const { review } = useReader().text.identity;
  return (
    <Panel>
      <EmptyState
        title={open ? review.noneOpen : review.noneOther}
        hint={open ? review.noneOpenHint : undefined}
        action={open && <Link to="/data/keys">{review.toRules}</Link>}
      />
    </Panel>
  );
}
