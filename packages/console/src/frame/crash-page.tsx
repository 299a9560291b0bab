import { Button } from 'antd';
import { Link, useRouteError } from 'react-router-dom';
import { EmptyState } from '../parts/states.tsx';
import { useText } from './reader.tsx';

/** What a page becomes when it fails while being drawn. */
export function CrashPage() {
  const { state } = useText();
  const error = useRouteError();
  const sentence = error instanceof Error ? error.message : String(error);
  return (
    <EmptyState
      title={state.crashed}
      hint={
        <>
          {state.crashedHint}
          <br />
          <code className="mono">{sentence}</code>
        </>
      }
      action={
        <Button type="primary" onClick={() => window.location.reload()}>
          {state.reopen}
        </Button>
      }
    />
  );
}

export function NotFoundPage() {
  const { state } = useText();
  return (
    <EmptyState
      title={state.notFound}
      hint={state.notFoundHint}
      action={<Link to="/">{state.backHome}</Link>}
    />
  );
}
