import { useReader } from '../frame/reader.tsx';
import { ReasonDialog } from './reason-dialog.tsx';

interface PurposeDialogProps {
  pending: boolean;
  error: Error | null;
  onSubmit: (purpose: string) => Promise<void>;
  onClose: () => void;
}

/** Asks what masked values are opened for; the server records it before it answers. */
export function PurposeDialog(props: PurposeDialogProps) {
  const { text } = useReader();
  const words = text.people;
  return (
    <ReasonDialog
      title={words.openTitle}
      hint={words.openHint}
      okText={words.open}
      label={words.openPurpose}
      placeholder={words.openPurposePlaceholder}
      minimum={4}
      tooShort={words.openPurposeShort}
      {...props}
    />
  );
}
