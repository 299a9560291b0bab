import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import {
  alertCheckSchema,
  alertInputSchema,
  alertSchema,
  analysisSchema,
  dashboardInputSchema,
  dashboardSchema,
  portraitAnswerSchema,
  portraitRequestSchema,
} from '../insight/index.ts';

const room = 'insight';
const done = z.object({ done: z.literal(true) });
const dashboardParams = z.object({ dashboardId: z.uuid() });
const alertParams = z.object({ alertId: z.uuid() });

export const analysePortrait = endpoint({
  name: 'analysePortrait',
  method: 'POST',
  path: '/api/v1/analyses/portrait',
  room,
  summary: { en: 'Who an audience is, against everybody else', zh: '人群画像与显著差异' },
  permission: 'segment.read',
  body: portraitRequestSchema,
  response: portraitAnswerSchema,
  errors: ['eql_invalid', 'analysis_invalid', 'analysis_too_slow', 'analysis_too_large'],
});

export const exportAnalysis = endpoint({
  name: 'exportAnalysis',
  method: 'POST',
  path: '/api/v1/analyses/export',
  room,
  summary: {
    en: 'The answer as CSV (UTF-8 with BOM, opens in Excel); logged',
    zh: '导出分析结果 CSV（记入审计）',
  },
  permission: 'report.export',
  body: z.object({ analysis: analysisSchema }),
  response: z.string().describe('text/csv'),
  errors: ['eql_invalid', 'analysis_invalid', 'analysis_too_slow', 'analysis_too_large'],
});

export const listDashboards = endpoint({
  name: 'listDashboards',
  method: 'GET',
  path: '/api/v1/dashboards',
  room,
  summary: { en: 'One’s own dashboards and shared ones', zh: '看板列表' },
  permission: 'report.read',
  response: z.object({ items: z.array(dashboardSchema.omit({ tiles: true })) }),
});
export const createDashboard = endpoint({
  name: 'createDashboard',
  method: 'POST',
  path: '/api/v1/dashboards',
  room,
  summary: { en: 'Create a dashboard', zh: '新建看板' },
  permission: 'report.read',
  body: dashboardInputSchema,
  response: dashboardSchema,
});
export const readDashboard = endpoint({
  name: 'readDashboard',
  method: 'GET',
  path: '/api/v1/dashboards/:dashboardId',
  room,
  summary: { en: 'A dashboard with its saved questions', zh: '看板详情' },
  permission: 'report.read',
  params: dashboardParams,
  response: dashboardSchema,
  errors: ['dashboard_not_found'],
});
export const saveDashboard = endpoint({
  name: 'saveDashboard',
  method: 'PUT',
  path: '/api/v1/dashboards/:dashboardId',
  room,
  summary: { en: 'Save a dashboard of one’s own', zh: '保存看板' },
  permission: 'report.read',
  params: dashboardParams,
  body: dashboardInputSchema.extend({ revision: z.number().int().describe('the one that was edited') }),
  response: dashboardSchema,
  errors: ['dashboard_not_found', 'conflict'],
});
export const deleteDashboard = endpoint({
  name: 'deleteDashboard',
  method: 'DELETE',
  path: '/api/v1/dashboards/:dashboardId',
  room,
  summary: { en: 'Delete a dashboard of one’s own', zh: '删除看板' },
  permission: 'report.read',
  params: dashboardParams,
  response: done,
  errors: ['dashboard_not_found'],
});

export const listAlerts = endpoint({
  name: 'listAlerts',
  method: 'GET',
  path: '/api/v1/alerts',
  room,
  summary: { en: 'Alerts, raised ones first', zh: '预警列表' },
  permission: 'report.read',
  response: z.object({ items: z.array(alertSchema) }),
});
export const createAlert = endpoint({
  name: 'createAlert',
  method: 'POST',
  path: '/api/v1/alerts',
  room,
  summary: { en: 'Create an alert', zh: '新建预警' },
  permission: 'report.read',
  body: alertInputSchema,
  response: alertSchema,
});
export const saveAlert = endpoint({
  name: 'saveAlert',
  method: 'PUT',
  path: '/api/v1/alerts/:alertId',
  room,
  summary: { en: 'Save an alert of one’s own', zh: '保存预警' },
  permission: 'report.read',
  params: alertParams,
  body: alertInputSchema,
  response: alertSchema,
  errors: ['alert_not_found'],
});
export const deleteAlert = endpoint({
  name: 'deleteAlert',
  method: 'DELETE',
  path: '/api/v1/alerts/:alertId',
  room,
  summary: { en: 'Delete an alert of one’s own, with its history', zh: '删除预警及其历史' },
  permission: 'report.read',
  params: alertParams,
  response: done,
  errors: ['alert_not_found'],
});
export const listAlertChecks = endpoint({
  name: 'listAlertChecks',
  method: 'GET',
  path: '/api/v1/alerts/:alertId/checks',
  room,
  summary: { en: 'History of an alert, newest first', zh: '预警历史' },
  permission: 'report.read',
  params: alertParams,
  query: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  response: z.object({ items: z.array(alertCheckSchema) }),
  errors: ['alert_not_found'],
});
