/** Who is logged in, and the bank they work for. */
import { createContext, useContext, useEffect, type ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { isOfWholeBank, platformApi, type Endpoint, type ResponseOf } from '@wutong/contract';
import { useRead } from '../api/use-endpoint.ts';
import { whenLoggedOut } from '../api/call.ts';
import { Failure } from '../parts/states.tsx';
import { LoginPage } from './login-page.tsx';
import { useReader } from './reader.tsx';
import { Splash } from './splash.tsx';

type Session = ResponseOf<typeof platformApi.readSession>;

const SessionContext = createContext<Session | undefined>(undefined);

/** Shows the login page until somebody is logged in; below it `useSession` always answers. */
export function SessionGate({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const { setTimeZone } = useReader();
  const session = useRead(platformApi.readSession);
  const timeZone = session.data?.bank.timeZone;
  useEffect(() => {
    if (timeZone) setTimeZone(timeZone);
  }, [timeZone, setTimeZone]);
  useEffect(() => {
    whenLoggedOut(() => {
      const key = [platformApi.readSession.name, {}];
      if (client.getQueryData(key)) void client.resetQueries({ queryKey: [platformApi.readSession.name] });
    });
    return () => whenLoggedOut(() => {});
  }, [client]);

  if (session.data) return <SessionContext.Provider value={session.data}>{children}</SessionContext.Provider>;
  if (session.error?.status === 401) return <LoginPage onLoggedIn={() => void session.refetch()} />;
  if (session.error) {
    return (
      <main style={{ padding: 32 }}>
        <Failure error={session.error} onRetry={() => void session.refetch()} />
      </main>
    );
  }
  return <Splash />;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession needs a SessionGate above it');
  return session;
}

/** Whether the logged-in user may call an operation; an administrator's `*` allows all. */
export function useMay(endpoint: Called): boolean {
  return mayCall(useSession().user, endpoint);
}

/** An operation, or a permission alone. */
type Called = Pick<Endpoint, 'permission'> & { path?: string };

/** Who calls, as far as it decides what they may. */
export type Caller = Pick<Session['user'], 'permissions' | 'institutionId'>;

/** The test behind `useMay`, for lists of operations: what is of the whole bank is not for users of an institution. */
export function mayCall({ permissions, institutionId }: Caller, endpoint: Called): boolean {
  if (institutionId !== undefined && isOfWholeBank({ path: '', ...endpoint })) return false;
  return allows(permissions, endpoint.permission);
}

/** Whether a permission is among those of a user. */
export function allows(permissions: readonly string[], permission: string): boolean {
  return permissions.includes('*') || permissions.includes(permission);
}
