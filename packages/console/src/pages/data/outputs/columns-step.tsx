import { useEffect } from 'react';
import { Alert, Button, Form, Radio, Select } from 'antd';
import { audienceApi, identityApi, outputsApi } from '@wutong/contract';
import { useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { useCatalogue } from '../../../frame/use-catalogue.ts';
import { Panel } from '../../../parts/page.tsx';
import { Chip } from '../../../parts/state-mark.tsx';
import { Loading } from '../../../parts/states.tsx';
import fields from '../kafka/kafka-fields.module.css';
import { TrialFailure } from '../kafka/trial-failure.tsx';
import { useKeyTitles } from '../../identity/use-key-titles.ts';
import warehouse from '../warehouse/warehouse.module.css';
import { selectionOf, type OutputDraft } from './output-draft.ts';

interface StepProps {
  draft: OutputDraft;
  onChange: (draft: OutputDraft) => void;
}

const openPersonalData = { permission: 'pii.open' };

/** Which columns leave, masked unless somebody who may says otherwise, and how that looks. */
export function ColumnsStep({ draft, onChange }: StepProps) {
  const { text } = useReader();
  const words = text.outputs;
  const mayOpen = useMay(openPersonalData);
  const titleOf = useKeyTitles();
  const types = useRead(identityApi.listKeyTypes, undefined, { enabled: useMay(identityApi.listKeyTypes) });
  return (
    <>
      <Panel title={words.steps.columns}>
        <Form layout="vertical" component="div">
          <div className={fields.pair}>
            <Form.Item label={words.keyTypes} extra={words.keyTypesHint}>
              <Select
                mode="multiple"
                maxCount={10}
                aria-label={words.keyTypes}
                value={draft.keyTypes}
                onChange={(keyTypes) => onChange({ ...draft, keyTypes })}
                options={(types.data?.items ?? []).map(({ type }) => ({ value: type, label: titleOf(type) }))}
              />
            </Form.Item>
            {draft.subject === 'portraits' && <PortraitFields draft={draft} onChange={onChange} />}
          </div>
          <Form.Item label={words.personal} extra={words.personalHint}>
            <Radio.Group
              value={draft.open}
              onChange={({ target }) => onChange({ ...draft, open: target.value as boolean })}
              options={[
                { value: false, label: words.masked },
                { value: true, label: words.open, disabled: !mayOpen },
              ]}
            />
          </Form.Item>
          {!mayOpen && <p className="faint">{words.openDenied}</p>}
          {draft.open && <Alert type="warning" showIcon title={words.openWarning} />}
        </Form>
      </Panel>
      <RowsPreview draft={draft} />
    </>
  );
}

function PortraitFields({ draft, onChange }: StepProps) {
  const { text, language } = useReader();
  const words = text.outputs;
  const catalogue = useCatalogue();
  const tags = useRead(
    audienceApi.listTags,
    { query: { limit: 200 } },
    { enabled: useMay(audienceApi.listTags) },
  );
  return (
    <>
      <Form.Item label={words.attributes}>
        <Select
          mode="multiple"
          showSearch={{ optionFilterProp: 'label' }}
          aria-label={words.attributes}
          placeholder={words.allAttributes}
          value={draft.attributes}
          onChange={(attributes) => onChange({ ...draft, attributes })}
          options={(catalogue?.attributes ?? []).map(({ name, title }) => ({
            value: name,
            label: title[language] || name,
          }))}
        />
      </Form.Item>
      <Form.Item label={words.tags}>
        <Select
          mode="multiple"
          showSearch={{ optionFilterProp: 'label' }}
          aria-label={words.tags}
          value={draft.tags}
          onChange={(chosen) => onChange({ ...draft, tags: chosen })}
          options={(tags.data?.items ?? []).map(({ tagId, name }) => ({ value: tagId, label: name }))}
        />
      </Form.Item>
    </>
  );
}

/** The columns and some rows exactly as they would leave. */
function RowsPreview({ draft }: { draft: OutputDraft }) {
  const { text } = useReader();
  const words = text.outputs;
  const { mutate, ...look } = useWrite(outputsApi.previewOutput, []);
  const selection = JSON.stringify(selectionOf(draft));
  const { open } = draft;
  const show = () => mutate({ body: { selection: selectionOf(draft), openPersonalData: open } });
  useEffect(() => {
    // Masked rows are looked at by themselves; unmasked ones only when asked for, as each look is audited.
    if (!open) mutate({ body: { selection: JSON.parse(selection) as never, openPersonalData: false } });
  }, [selection, open, mutate]);
  return (
    <Panel
      flush
      title={words.preview}
      extra={
        open && (
          <Button size="small" loading={look.isPending} onClick={show}>
            {words.preview}
          </Button>
        )
      }
    >
      {look.error && (
        <div style={{ padding: '0 18px' }}>
          <TrialFailure error={look.error} />
        </div>
      )}
      {!look.data && look.isPending && <Loading rows={3} />}
      {look.data && (
        <>
          <p className={warehouse.note}>{look.data.rows.length > 0 ? words.previewAll : words.previewNone}</p>
          <div className={warehouse.scroll} tabIndex={0} role="region" aria-label={words.preview}>
            <table className={warehouse.rows}>
              <thead>
                <tr>
                  {look.data.columns.map(({ name, personal }) => (
                    <th key={name} scope="col">
                      {name} {personal && <Chip tone={open ? 'warn' : 'quiet'}>{words.personalColumn}</Chip>}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {look.data.rows.map((row) => (
                  <tr key={row[0]}>
                    {row.map((cell, place) => (
                      <td key={look.data?.columns[place]?.name}>
                        {cell ?? <span className="faint">–</span>}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </Panel>
  );
}
