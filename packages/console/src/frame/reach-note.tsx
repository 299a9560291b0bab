import { useText } from './reader.tsx';
import { useSession } from './session.tsx';

/** Says to users of an institution whose people the numbers beside it are about; others see everybody, and no note. */
export function ReachNote({ numbers }: { numbers: 'own' | 'trend' | 'bank' }) {
  const { state } = useText();
  const { user } = useSession();
  if (user.institutionId === undefined) return null;
  return <p className="soft">{state.reach[numbers]}</p>;
}
