import { useMemo, useState } from 'react';
import { App, Button, Form } from 'antd';
import { useNavigate, useParams } from 'react-router-dom';
import { identityApi } from '@wutong/contract';
import type { KeyType } from '../../api/vocabulary.ts';
import { useRead, useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { FormProblem } from '../../parts/form-problem.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { Answer, Failure, Loading } from '../../parts/states.tsx';
import { KeyRuleForm } from './key-rule-form.tsx';
import { keyTypeOf, newKeyRule, shownMeaning, valuesOf, type KeyRuleValues } from './key-rule-values.ts';
import styles from './key-rule.module.css';
import { MapChangeView } from './map-change-view.tsx';

/** One key type: its rules, and what a change of them would do before it is saved. */
export default function KeyTypePage() {
  const { type: name = '' } = useParams();
  const { text, language } = useReader();
  const words = text.identity.rule;
  const types = useRead(identityApi.listKeyTypes);
  const isNew = name === 'new';
  const type = types.data?.items.find((each) => each.type === name);
  return (
    <Page
      title={isNew ? words.newTitle : (type?.title[language] ?? name)}
      lead={type && text.data.keys.priorityDefinition}
      back={{ to: '/data/keys', label: text.data.keys.title }}
    >
      <Answer query={types} rows={10}>
        {({ items }) =>
          isNew || type ? (
            <Editor key={name} type={type} types={items} />
          ) : (
            <Failure error={new Error(text.state.notFound)} />
          )
        }
      </Answer>
    </Page>
  );
}

function Editor({ type, types }: { type: KeyType | undefined; types: readonly KeyType[] }) {
  const { text } = useReader();
  const words = text.identity.rule;
  const mayWrite = useMay(identityApi.saveKeyType);
  const [form] = Form.useForm<KeyRuleValues>();
  const [changed, setChanged] = useState(type === undefined);
  /** What was tried, as it was sent: saving is offered for exactly this. */
  const [tried, setTried] = useState<string>();
  const initial = useMemo(
    () => (type ? { ...valuesOf(type), meaning: shownMeaning(type, text) } : newKeyRule),
    [type, text],
  );
  const written = (): string => {
    const values = { ...initial, ...form.getFieldsValue(true) } as KeyRuleValues;
    // Words that were only shown in another language are not changed words.
    const meaning = type && values.meaning === initial.meaning ? type.meaning : values.meaning;
    return JSON.stringify(keyTypeOf({ ...values, meaning }));
  };
  const [current, setCurrent] = useState(written);
  const onChange = () => {
    const now = written();
    setCurrent(now);
    setChanged(type === undefined || now !== JSON.stringify(keyTypeOf(valuesOf(type))));
  };
  return (
    <div className={styles.columns}>
      <KeyRuleForm
        form={form}
        initialValues={initial}
        isNew={type === undefined}
        types={types}
        readOnly={!mayWrite}
        onChange={onChange}
      />
      {mayWrite && (
        <div className={styles.aside}>
          <DryRun
            changed={changed}
            fresh={tried === current}
            ready={() => form.validateFields().then(() => JSON.parse(written()) as KeyType)}
            onTried={setTried}
          />
          {changed && type && (
            <p style={{ marginTop: 10 }} className="faint">
              {words.unsaved}{' '}
              <Button
                type="link"
                size="small"
                onClick={() => {
                  form.setFieldsValue(initial);
                  onChange();
                }}
              >
                {words.revert}
              </Button>
            </p>
          )}
        </div>
      )}
    </div>
  );
}

interface DryRunProps {
  changed: boolean;
  /** Whether the shown effect is that of the form as it stands. */
  fresh: boolean;
  ready: () => Promise<KeyType>;
  onTried: (written: string) => void;
}

function DryRun({ changed, fresh, ready, onTried }: DryRunProps) {
  const { text, format } = useReader();
  const words = text.identity.dryRun;
  const { message, modal } = App.useApp();
  const navigate = useNavigate();
  const attempt = useWrite(identityApi.saveKeyType, []);
  const save = useWrite(identityApi.saveKeyType);
  const change = attempt.data?.change;
  const tryOut = async () => {
    const body = await ready();
    await attempt.mutateAsync({ params: { type: body.type }, query: { dryRun: 'true' }, body });
    onTried(JSON.stringify(body));
  };
  const store = async () => {
    const body = await ready();
    await save.mutateAsync({ params: { type: body.type }, body });
    void message.success(words.saved);
    await navigate('/data/keys');
  };
  const effect = (change?.mergedPersons ?? 0) + (change?.splitPersons ?? 0);
  const onSave = () => {
    if (effect === 0) return void store().catch(() => undefined);
    modal.confirm({
      title: words.save,
      content: words.confirm(
        format.integer(change?.mergedPersons ?? 0),
        format.integer(change?.splitPersons ?? 0),
      ),
      okText: words.save,
      cancelText: text.state.cancel,
      onOk: () => store().catch(() => undefined),
    });
  };
  const error = save.error ?? attempt.error;
  return (
    <Panel title={words.title}>
      <div className={styles.outcome}>
        <p className="faint">{words.lead}</p>
        <div className="row">
          <Button
            type={fresh ? 'default' : 'primary'}
            disabled={!changed}
            loading={attempt.isPending}
            onClick={() => void tryOut().catch(() => undefined)}
          >
            {change ? words.again : words.run}
          </Button>
          {change && fresh && (
            <Button type="primary" loading={save.isPending} onClick={onSave}>
              {effect > 0 ? words.save : words.saveNothing}
            </Button>
          )}
        </div>
        {attempt.isPending && (
          <>
            <p className="soft">{words.running}</p>
            <Loading rows={3} />
          </>
        )}
        <FormProblem error={error} because={error?.problem.details?.['reason']} />
        {change && !attempt.isPending && (
          <>
            {!fresh && changed && <p style={{ color: 'var(--amber)' }}>{words.stale}</p>}
            <MapChangeView change={change} />
            {fresh && <p className="faint">{words.saveHint}</p>}
          </>
        )}
      </div>
    </Panel>
  );
}
