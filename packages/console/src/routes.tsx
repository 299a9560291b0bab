import { lazy, Suspense, type ComponentType, type ReactNode } from 'react';
import { createBrowserRouter, Navigate } from 'react-router-dom';
import { CrashPage, NotFoundPage } from './frame/crash-page.tsx';
import { Shell } from './frame/shell.tsx';
import { Loading } from './parts/states.tsx';

/** A page loads when somebody goes there. */
function page(load: () => Promise<{ default: ComponentType }>): ReactNode {
  const Lazy = lazy(load);
  return (
    <Suspense fallback={<div style={{ padding: 28 }}>{<Loading rows={8} />}</div>}>
      <Lazy />
    </Suspense>
  );
}

export const router = createBrowserRouter([
  {
    path: '/',
    element: <Shell />,
    errorElement: <CrashPage />,
    children: [
      {
        errorElement: <CrashPage />,
        children: [
          { index: true, element: page(() => import('./pages/overview/overview-page.tsx')) },
          { path: 'people', element: page(() => import('./pages/people/people-search-page.tsx')) },
          { path: 'people/:personId', element: page(() => import('./pages/people/person-page.tsx')) },
          { path: 'entities', element: page(() => import('./pages/entities/entity-list-page.tsx')) },
          { path: 'entities/:type', element: page(() => import('./pages/entities/entity-list-page.tsx')) },
          { path: 'entities/:type/:id', element: page(() => import('./pages/entities/entity-page.tsx')) },
          { path: 'audiences', element: page(() => import('./pages/audience/segment-list-page.tsx')) },
          { path: 'audiences/new', element: page(() => import('./pages/audience/new-segment-page.tsx')) },
          {
            path: 'audiences/new/lookalike',
            element: page(() => import('./pages/audience/lookalike/new-lookalike-page.tsx')),
          },
          { path: 'tags', element: page(() => import('./pages/audience/tags/tag-list-page.tsx')) },
          { path: 'tags/new', element: page(() => import('./pages/audience/tags/new-tag-page.tsx')) },
          { path: 'tags/:tagId', element: page(() => import('./pages/audience/tags/tag-page.tsx')) },
          { path: 'audiences/:segmentId', element: page(() => import('./pages/audience/segment-page.tsx')) },
          { path: 'insight', element: <Navigate to="/insight/analyses/trend" replace /> },
          { path: 'insight/analyses', element: <Navigate to="/insight/analyses/trend" replace /> },
          {
            path: 'insight/analyses/:kind',
            element: page(() => import('./pages/insight/analysis-page.tsx')),
          },
          {
            path: 'insight/dashboards',
            element: page(() => import('./pages/insight/boards/board-list-page.tsx')),
          },
          {
            path: 'insight/dashboards/:dashboardId',
            element: page(() => import('./pages/insight/boards/board-page.tsx')),
          },
          {
            path: 'insight/reports',
            element: page(() => import('./pages/insight/reports/report-list-page.tsx')),
          },
          {
            path: 'insight/reports/new',
            element: page(() => import('./pages/insight/reports/report-page.tsx')),
          },
          {
            path: 'insight/reports/:reportId',
            element: page(() => import('./pages/insight/reports/report-page.tsx')),
          },
          {
            path: 'insight/alerts',
            element: page(() => import('./pages/insight/alerts/alert-list-page.tsx')),
          },
          { path: 'strategies', element: page(() => import('./pages/strategy/strategy-list-page.tsx')) },
          {
            path: 'strategies/:strategyId',
            element: page(() => import('./pages/strategy/strategy-page.tsx')),
          },
          { path: 'content', element: page(() => import('./pages/content/content-list-page.tsx')) },
          { path: 'content/:contentId', element: page(() => import('./pages/content/content-page.tsx')) },
          { path: 'suppliers', element: page(() => import('./pages/channels/suppliers-page.tsx')) },
          { path: 'messages', element: page(() => import('./pages/messages/message-list-page.tsx')) },
          { path: 'messages/:messageId', element: page(() => import('./pages/messages/message-page.tsx')) },
          { path: 'tasks', element: page(() => import('./pages/tasks/task-list-page.tsx')) },
          { path: 'data/sources', element: page(() => import('./pages/data/source-list-page.tsx')) },
          { path: 'data/sources/:sourceId', element: page(() => import('./pages/data/source-page.tsx')) },
          { path: 'data/rejected', element: page(() => import('./pages/data/rejected-page.tsx')) },
          { path: 'data/runs', element: page(() => import('./pages/data/run-list-page.tsx')) },
          { path: 'data/import', element: page(() => import('./pages/data/import/import-page.tsx')) },
          {
            path: 'data/import/:importId',
            element: page(() => import('./pages/data/import/import-run-page.tsx')),
          },
          { path: 'data/model', element: page(() => import('./pages/entities/model-page.tsx')) },
          {
            path: 'data/connections',
            element: page(() => import('./pages/data/warehouse/connection-list-page.tsx')),
          },
          {
            path: 'data/connections/:connectionId',
            element: page(() => import('./pages/data/warehouse/connection-page.tsx')),
          },
          {
            path: 'data/ingestion',
            element: page(() => import('./pages/data/ingestion/task-list-page.tsx')),
          },
          {
            path: 'data/ingestion/new',
            element: page(() => import('./pages/data/ingestion/task-editor-page.tsx')),
          },
          {
            path: 'data/ingestion/:taskId',
            element: page(() => import('./pages/data/ingestion/task-page.tsx')),
          },
          {
            path: 'data/ingestion/:taskId/edit',
            element: page(() => import('./pages/data/ingestion/task-editor-page.tsx')),
          },
          { path: 'data/streams', element: page(() => import('./pages/data/streams/stream-list-page.tsx')) },
          {
            path: 'data/streams/new',
            element: page(() => import('./pages/data/streams/stream-editor-page.tsx')),
          },
          {
            path: 'data/streams/:streamId',
            element: page(() => import('./pages/data/streams/stream-page.tsx')),
          },
          {
            path: 'data/streams/:streamId/edit',
            element: page(() => import('./pages/data/streams/stream-editor-page.tsx')),
          },
          { path: 'data/outputs', element: page(() => import('./pages/data/outputs/output-list-page.tsx')) },
          {
            path: 'data/outputs/new',
            element: page(() => import('./pages/data/outputs/output-editor-page.tsx')),
          },
          {
            path: 'data/outputs/:outputId',
            element: page(() => import('./pages/data/outputs/output-page.tsx')),
          },
          {
            path: 'data/outputs/:outputId/edit',
            element: page(() => import('./pages/data/outputs/output-editor-page.tsx')),
          },
          { path: 'data/readers', element: page(() => import('./pages/data/readers/reader-list-page.tsx')) },
          { path: 'data/lineage', element: page(() => import('./pages/data/lineage/lineage-page.tsx')) },
          { path: 'data/tracking-plan', element: page(() => import('./pages/data/tracking-plan-page.tsx')) },
          { path: 'data/keys', element: page(() => import('./pages/identity/key-types-page.tsx')) },
          { path: 'data/keys/:type', element: page(() => import('./pages/identity/key-type-page.tsx')) },
          { path: 'data/quarantine', element: page(() => import('./pages/identity/quarantine-page.tsx')) },
          { path: 'data/linking', element: page(() => import('./pages/identity/linking/run-list-page.tsx')) },
          {
            path: 'data/linking/new',
            element: page(() => import('./pages/identity/linking/new-run-page.tsx')),
          },
          {
            path: 'data/linking/:runId',
            element: page(() => import('./pages/identity/linking/run-page.tsx')),
          },
          { path: 'settings', element: page(() => import('./pages/settings/settings-page.tsx')) },
          { path: 'audit', element: page(() => import('./pages/settings/audit-page.tsx')) },
          { path: 'login', element: <Navigate to="/" replace /> },
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
]);
