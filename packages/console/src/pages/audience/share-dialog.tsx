import { useState, type ReactNode } from 'react';
import { App, Checkbox, Form, Modal, Segmented, Select } from 'antd';
import { audienceApi, platformApi } from '@wutong/contract';
import type { Sharing } from '../../api/vocabulary.ts';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useColleagues, useUserNames } from '../../frame/use-names.ts';
import { FormProblem } from '../../parts/form-problem.tsx';
import { useReturnFocus } from '../../parts/use-return-focus.ts';
import { visibilityOf, type Visibility } from './visibility.ts';

const visibilities: readonly Visibility[] = ['everybody', 'named', 'own'];

interface ShareDialogProps {
  kind: 'segment' | 'tag';
  id: string;
  name: string;
  owner: string;
  sharing: Sharing;
  onClose: () => void;
}

/** Who sees and who changes a segment or tag, and to whom it belongs. */
export function ShareDialog({ kind, id, name, owner, sharing, onClose }: ShareDialogProps) {
  useReturnFocus();
  const { text } = useReader();
  const words = text.sharing;
  const { message, modal } = App.useApp();
  const userName = useUserNames();
  const write = useShare(kind, id);
  const [visibility, setVisibility] = useState(visibilityOf(sharing));
  const [draft, setDraft] = useState({ ...sharing, owner });
  const change = (part: Partial<typeof draft>) => setDraft({ ...draft, ...part });
  const isNamed = visibility === 'named';
  const namesNobody = isNamed && draft.sharedWith.length + draft.sharedWithUsers.length === 0;
  const handsOver = draft.owner !== owner;
  const save = async () => {
    await write.share({
      shared: visibility !== 'own',
      sharedWith: isNamed ? draft.sharedWith : [],
      sharedWithUsers: isNamed ? draft.sharedWithUsers : [],
      editors: draft.editors,
      ...(handsOver ? { owner: draft.owner } : {}),
    });
    void message.success(handsOver ? words.handedOver(userName(draft.owner)) : words.saved);
    onClose();
  };
  // What is given away can be taken back by the new owner only.
  const submit = () => {
    if (!handsOver) return void save().catch(() => undefined);
    return void modal.confirm({
      title: words.handOverQuestion(name, userName(draft.owner)),
      content: words.handOverHint,
      okText: words.handOver,
      onOk: () => save().catch(() => undefined),
    });
  };
  return (
    <Modal
      open
      title={words.title(name)}
      okText={handsOver ? words.handOver : text.state.save}
      cancelText={text.state.cancel}
      confirmLoading={write.isPending}
      okButtonProps={{ disabled: namesNobody }}
      onOk={submit}
      onCancel={onClose}
    >
      <Form layout="vertical">
        <Form.Item label={words.visibility} extra={words.visibilityHints[visibility]}>
          <Segmented
            block
            aria-label={words.visibility}
            value={visibility}
            options={visibilities.map((each) => ({ value: each, label: words.visibilities[each] }))}
            onChange={setVisibility}
          />
        </Form.Item>
        {isNamed && (
          <>
            <Form.Item label={words.roles}>
              <Checkbox.Group
                aria-label={words.roles}
                value={draft.sharedWith}
                options={platformApi.roles.map((role) => ({ value: role, label: text.frame.roles[role] }))}
                onChange={(sharedWith) => change({ sharedWith })}
              />
            </Form.Item>
            <ColleagueField
              label={words.colleagues}
              placeholder={words.colleaguesPlaceholder}
              chosen={draft.sharedWithUsers}
              onChoose={(sharedWithUsers) => change({ sharedWithUsers })}
            />
          </>
        )}
        <ColleagueField
          label={words.editors}
          hint={words.editorsHint}
          placeholder={words.editorsPlaceholder}
          chosen={draft.editors}
          onChoose={(editors) => change({ editors })}
        />
        <ColleagueField
          label={words.owner}
          hint={words.ownerHint}
          placeholder={words.colleaguesPlaceholder}
          chosen={[draft.owner]}
          single
          onChoose={([next]) => change({ owner: next ?? owner })}
        />
        <FormProblem error={write.error} />
      </Form>
    </Modal>
  );
}

interface ColleagueFieldProps {
  label: string;
  hint?: ReactNode;
  placeholder: string;
  chosen: string[];
  single?: boolean;
  onChoose: (userIds: string[]) => void;
}

/** Colleagues by name; whoever left stays named where they were. */
function ColleagueField({ label, hint, placeholder, chosen, single, onChoose }: ColleagueFieldProps) {
  const { text } = useReader();
  const colleagues = useColleagues();
  const options = colleagues
    .filter(({ userId, disabled }) => !disabled || chosen.includes(userId))
    .map(({ userId, displayName, role }) => ({
      value: userId,
      label: displayName,
      title: text.frame.roles[role],
      search: `${displayName} ${text.frame.roles[role]}`.toLowerCase(),
    }));
  return (
    <Form.Item label={label} extra={hint}>
      <Select<string[] | string, (typeof options)[number]>
        aria-label={label}
        {...(single ? {} : { mode: 'multiple' as const })}
        showSearch={{
          filterOption: (typed, option) => option?.search.includes(typed.toLowerCase()) ?? false,
        }}
        placeholder={placeholder}
        value={single ? chosen[0]! : chosen}
        options={options}
        optionRender={({ data }) => (
          <>
            {data.label} <span className="faint">{data.title}</span>
          </>
        )}
        onChange={(next) => onChoose(typeof next === 'string' ? [next] : next)}
      />
    </Form.Item>
  );
}

type ShareBody = Sharing & { owner?: string };

function useShare(kind: 'segment' | 'tag', id: string) {
  const segment = useWrite(audienceApi.shareSegment, [audienceApi.readSegment, audienceApi.listSegments]);
  const tag = useWrite(audienceApi.shareTag, [audienceApi.readTag, audienceApi.listTags]);
  return {
    share: (body: ShareBody): Promise<unknown> =>
      kind === 'segment'
        ? segment.mutateAsync({ params: { segmentId: id }, body })
        : tag.mutateAsync({ params: { tagId: id }, body }),
    isPending: segment.isPending || tag.isPending,
    error: segment.error ?? tag.error,
  };
}
