import { useMemo } from 'react';
import { App } from 'antd';
import { Link, useNavigate } from 'react-router-dom';
import { audienceApi, formatEql } from '@wutong/contract';
import { useWrite } from '../../../api/use-endpoint.ts';
import type { ExpressionNames } from '../../../eql/rule/names.ts';
import { useExpressionNames } from '../../../eql/use-expression-names.ts';
import { useText } from '../../../frame/reader.tsx';
import { allows, useSession } from '../../../frame/session.tsx';
import { Page } from '../../../parts/page.tsx';
import { Failure, Loading } from '../../../parts/states.tsx';
import { useUrlState } from '../../../parts/url-state.ts';
import { TagForm, type TagDraft } from './tag-form.tsx';
import { beginningOf, kindOf, tagShapes, type TagShape } from './tag-shape.ts';
import styles from './tags.module.css';

/** Writing SQL sees what views mask, so that it has a permission of its own. */
const SQL_PERMISSION = 'tag.sql';

/** A new tag: first where its values come from, then its definition. */
export default function NewTagPage() {
  const { tags: words } = useText();
  const [written] = useUrlState('shape');
  const { names, error, isLoading } = useExpressionNames();
  const shape = tagShapes.find((each) => each === written);
  const back = shape ? { to: '/tags/new', label: words.chooseShape } : { to: '/tags', label: words.list };
  return (
    <Page title={words.new} lead={shape ? undefined : words.chooseShape} back={back}>
      {!shape ? (
        <ShapeChoice />
      ) : error !== null && error !== undefined ? (
        <Failure error={error} />
      ) : isLoading ? (
        <Loading rows={8} />
      ) : (
        <NewTag key={shape} shape={shape} names={names} />
      )}
    </Page>
  );
}

function ShapeChoice() {
  const { tags: words } = useText();
  const { permissions } = useSession().user;
  const offered = tagShapes.filter((shape) => shape !== 'sql' || allows(permissions, SQL_PERMISSION));
  return (
    <ul className={styles.shapes}>
      {offered.map((shape) => (
        <li key={shape}>
          <Link to={`/tags/new?shape=${shape}`}>
            <b>{words.shape[shape]}</b>
            <span className="faint">{words.shapeHint[shape]}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function NewTag({ shape, names }: { shape: TagShape; names: ExpressionNames }) {
  const { tags: words } = useText();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const create = useWrite(audienceApi.createTag, [audienceApi.listTags]);
  const kind = kindOf(shape);
  const draft = useMemo<TagDraft>(
    () => ({
      // Chinese names give no short id; the proposal is unique enough and can be changed.
      tagId: `tag_${Date.now().toString(36)}`,
      name: '',
      description: '',
      folder: '',
      schedule: kind === 'rule' || kind === 'sql' ? { every: 'day', at: '06:00' } : { every: 'manual' },
      text: kind === 'rule' ? formatEql(beginningOf(shape, names)) : '',
      valueType: kind === 'model' ? 'number' : 'text',
    }),
    [shape, kind, names],
  );
  const submit = async ({ text, model, ...fields }: TagDraft) => {
    const made = await create.mutateAsync({
      body: {
        ...fields,
        kind,
        ...(kind === 'rule' || kind === 'sql' ? { text } : {}),
        ...(kind === 'model' ? { model } : {}),
      },
    });
    void message.success(words.created);
    void navigate(`/tags/${made.tagId}`);
  };
  return (
    <TagForm
      draft={draft}
      shape={shape}
      names={names}
      idFixed={false}
      submitLabel={words.create}
      busy={create.isPending}
      error={create.error}
      onSubmit={(written) => void submit(written).catch(() => undefined)}
      onCancel={() => void navigate('/tags/new')}
    />
  );
}
