import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import {
  analysisCellSchema,
  analysisSchema,
  dashboardInputSchema,
  dashboardSchema,
  shownDashboardSchema,
  portraitAnswerSchema,
  portraitRequestSchema,
  tileAnswerSchema,
} from '../insight/index.ts';

const room = 'insight';
const done = z.object({ done: z.literal(true) });
const dashboardParams = z.object({ dashboardId: z.uuid() });

export const analysePortrait = endpoint({
  name: 'analysePortrait',
  method: 'POST',
  path: '/api/v1/analyses/portrait',
  room,
  summary: {
    en: 'Who an audience is, against everybody else; for users of an institution of its people only',
    zh: '人群画像与显著差异；机构用户只统计本机构及下级机构的客户',
  },
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
    en: 'The answer as CSV (UTF-8 with BOM) or Excel; small groups left out of personal breakdowns; logged',
    zh: '导出分析结果为 CSV 或 Excel（个人信息分组隐藏小样本，记入审计）',
  },
  permission: 'report.export',
  body: z.object({
    analysis: analysisSchema,
    format: z
      .enum(['csv', 'xlsx'])
      .default('csv')
      .describe(
        'xlsx: Chinese titles, numbers as numbers, times in the zone asked for, a sheet that says what was asked',
      ),
  }),
  response: z.string().describe('text/csv, or the bytes of an .xlsx file'),
  errors: ['eql_invalid', 'analysis_invalid', 'analysis_too_slow', 'analysis_too_large'],
});

export const exportAnalysisPeople = endpoint({
  name: 'exportAnalysisPeople',
  method: 'POST',
  path: '/api/v1/analyses/people/export',
  room,
  summary: {
    en: 'The people behind a number as CSV, streamed; needs people.read too, and pii.open for sensitive attributes; logged',
    zh: '流式导出某个数字背后的客户 CSV（记入审计）',
  },
  permission: 'report.export',
  body: z.object({
    of: analysisCellSchema,
    attributes: z
      .array(z.string().min(1).max(100))
      .max(50)
      .default([])
      .describe('columns beside the person’s number'),
  }),
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
  response: shownDashboardSchema,
});
export const readDashboard = endpoint({
  name: 'readDashboard',
  method: 'GET',
  path: '/api/v1/dashboards/:dashboardId',
  room,
  summary: { en: 'A dashboard with its saved questions', zh: '看板详情' },
  permission: 'report.read',
  params: dashboardParams,
  response: shownDashboardSchema,
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
  response: shownDashboardSchema,
  errors: ['dashboard_not_found', 'conflict'],
});
export const answerDashboard = endpoint({
  name: 'answerDashboard',
  method: 'POST',
  path: '/api/v1/dashboards/:dashboardId/answers',
  room,
  summary: {
    en: 'Answers to the questions of a dashboard, kept or computed; for users of an institution of its people only',
    zh: '看板各图表的结果（缓存或刷新）；机构用户只统计本机构及下级机构的客户',
  },
  permission: 'report.read',
  params: dashboardParams,
  body: z.object({
    refresh: z.boolean().default(false).describe('compute anew, whatever is kept'),
    tileIds: z.array(z.string().max(64)).max(50).optional().describe('only these'),
  }),
  response: z.object({ items: z.array(tileAnswerSchema) }),
  errors: ['dashboard_not_found'],
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
