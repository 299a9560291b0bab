import { useState } from 'react';
import { App, Button, Drawer, Input } from 'antd';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router-dom';
import { audienceApi, insightApi, sequenceRequestSchema, type AnalysisCell } from '@wutong/contract';
import { call } from '../../../api/call.ts';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { FormProblem } from '../../../parts/form-problem.tsx';
import { PersonName } from '../../../parts/person-name.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { usePersonTitles } from '../../../parts/use-person-titles.ts';
import { addressOf } from '../question/question.ts';
import { useReturnFocus } from '../../../parts/use-return-focus.ts';
import type { Drilled } from './drill.tsx';
import styles from './drill.module.css';

const PAGE = 100;
/** As many as one look at their sequences takes. */
const MOST_SEQUENCES = 50;

interface PeopleDrawerProps {
  drilled: Drilled;
  onClose: () => void;
}

/** The people behind a number, page by page; they can become a segment. */
export default function PeopleDrawer({ drilled, onClose }: PeopleDrawerProps) {
  useReturnFocus();
  const { text, format } = useReader();
  const words = text.insight;
  const navigate = useNavigate();
  const maySave = useMay(insightApi.saveAnalysisPeople);
  const mayFollow = useMay(insightApi.analyseSequence);
  const { of, title } = drilled;
  const people = usePeopleOf(of);
  const personIds = people.data?.pages.flatMap((page) => page.personIds) ?? [];
  const titles = usePersonTitles(personIds);
  const follow = () => {
    const question = sequenceRequestSchema.parse({
      // Reports of the present state have no period.
      period: of.analysis.period ?? { lastDays: 30 },
      personIds: personIds.slice(0, MOST_SEQUENCES),
    });
    void navigate(addressOf({ ...question, kind: 'sequence' }));
    onClose();
  };
  return (
    <Drawer open title={title} size={520} onClose={onClose}>
      <Answer query={people} rows={8}>
        {({ pages }) => (
          <>
            <p className={styles.total}>{words.personCount(format.integer(pages[0]?.total))}</p>
            {of.analysis.sample !== undefined && of.analysis.sample < 1 && (
              <p className="faint">{words.sampledPeople}</p>
            )}
            {personIds.length === 0 ? (
              <EmptyState small title={words.nobody} />
            ) : (
              <>
                {mayFollow && (
                  <div className={styles.actions}>
                    <Button size="small" onClick={follow}>
                      {words.followThem}
                    </Button>
                  </div>
                )}
                {maySave && <SaveSegment of={of} name={title} />}
                <ul className={styles.people} aria-label={title}>
                  {personIds.map((personId) => (
                    <li key={personId}>
                      <PersonName personId={personId} title={titles.get(personId)} />
                    </li>
                  ))}
                </ul>
                {people.hasNextPage && (
                  <div className={styles.more}>
                    <Button loading={people.isFetchingNextPage} onClick={() => void people.fetchNextPage()}>
                      {text.state.more}
                    </Button>
                  </div>
                )}
              </>
            )}
          </>
        )}
      </Answer>
    </Drawer>
  );
}

function usePeopleOf(of: AnalysisCell) {
  return useInfiniteQuery({
    queryKey: [insightApi.listAnalysisPeople.name, of],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) =>
      call(insightApi.listAnalysisPeople, { body: { of, afterPersonId: pageParam, limit: PAGE }, signal }),
    getNextPageParam: (last) => last.nextAfterPersonId,
    retry: false,
  });
}

/** Makes a segment of these very people, under a name. */
function SaveSegment({ of, name: proposed }: { of: AnalysisCell; name: string }) {
  const { text, format } = useReader();
  const words = text.insight;
  const { message } = App.useApp();
  const [name, setName] = useState(proposed);
  const save = useWrite(insightApi.saveAnalysisPeople, [audienceApi.listSegments, audienceApi.readCatalogue]);
  const submit = () =>
    save.mutate(
      // A name in Chinese gives no short id; this one is unique enough.
      { body: { of, segmentId: `segment_${Date.now().toString(36)}`, name: name.trim() } },
      { onSuccess: ({ people }) => void message.success(words.segmentSaved(format.integer(people))) },
    );
  return (
    <>
      <form
        className={styles.save}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Input
          aria-label={words.segmentName}
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.target.value)}
        />
        <Button htmlType="submit" loading={save.isPending} disabled={name.trim() === '' || save.isSuccess}>
          {words.saveSegment}
        </Button>
      </form>
      {save.data && <Link to={`/audiences/${save.data.segmentId}`}>{words.openSegment}</Link>}
      <FormProblem error={save.error} />
    </>
  );
}
