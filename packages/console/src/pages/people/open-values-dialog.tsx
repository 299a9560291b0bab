import { profileApi } from '@wutong/contract';
import type { PersonView } from '../../api/vocabulary.ts';
import { useWrite } from '../../api/use-endpoint.ts';
import { PurposeDialog } from '../../parts/purpose-dialog.tsx';

interface OpenValuesDialogProps {
  personIds: readonly number[];
  onOpened: (people: readonly PersonView[]) => void;
  onClose: () => void;
}

/** Asks for the purpose; the opening is recorded by the server before it answers. */
export function OpenValuesDialog({ personIds, onOpened, onClose }: OpenValuesDialogProps) {
  const open = useWrite(profileApi.openPerson, []);
  const submit = async (purpose: string) => {
    const people: PersonView[] = [];
    // One after another: each opening is a line of the audit log of its own.
    for (const personId of personIds) {
      people.push(await open.mutateAsync({ params: { personId }, body: { purpose } }));
    }
    onOpened(people);
  };
  return <PurposeDialog pending={open.isPending} error={open.error} onSubmit={submit} onClose={onClose} />;
}
