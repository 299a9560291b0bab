import { App as AntApplication, ConfigProvider } from 'antd';
import antEnglish from 'antd/locale/en_US';
import antChinese from 'antd/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from 'react-router-dom';
import { ProblemError } from './api/problem-error.ts';
import { ReaderProvider, useReader } from './frame/reader.tsx';
import { SessionGate } from './frame/session.tsx';
import { theme } from './frame/theme.ts';
import { router } from './routes.tsx';

const RETRIES = 2;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1_000,
      refetchOnWindowFocus: false,
      // A refusal stays a refusal; only an absent or failing server is asked again.
      retry: (failures, error) =>
        failures < RETRIES && (!(error instanceof ProblemError) || error.status === 0 || error.status >= 500),
    },
  },
});

/** The console: providers from the outside in, then the pages. */
export function Application() {
  return (
    <QueryClientProvider client={queries}>
      <ReaderProvider>
        <Localised />
      </ReaderProvider>
    </QueryClientProvider>
  );
}

function Localised() {
  const { language } = useReader();
  // Calendars take the names of their weekdays from here.
  dayjs.locale(language === 'zh' ? 'zh-cn' : 'en');
  return (
    <ConfigProvider
      theme={theme}
      locale={language === 'zh' ? antChinese : antEnglish}
      button={{ autoInsertSpace: false }}
    >
      <AntApplication component={false}>
        <SessionGate>
          <RouterProvider router={router} />
        </SessionGate>
      </AntApplication>
    </ConfigProvider>
  );
}
