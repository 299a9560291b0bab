import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import {
  reportAnswerSchema,
  reportCellSchema,
  reportRequestSchema,
  savedReportInputSchema,
  savedReportSchema,
  shownReportSchema,
} from '../insight/index.ts';

const room = 'insight';
const errors = ['eql_invalid', 'analysis_invalid', 'analysis_too_slow', 'analysis_too_large'];

export const runReport = endpoint({
  name: 'runReport',
  method: 'POST',
  path: '/api/v1/reports/run',
  room,
  summary: {
    en: 'Business report: measures of a subject by institution, manager, product, attribute and time; for users of an institution of its people only',
    zh: '经营报表：按机构、客户经理、产品、属性、时间统计；机构用户只统计本机构及下级机构的客户',
  },
  permission: 'report.read',
  body: reportRequestSchema,
  response: reportAnswerSchema,
  errors,
});
export const listReportPeople = endpoint({
  name: 'listReportPeople',
  method: 'POST',
  path: '/api/v1/reports/people',
  room,
  summary: { en: 'The people behind a row of a report, by id', zh: '下钻：报表某一行背后的客户' },
  permission: 'people.read',
  body: z.object({
    report: reportRequestSchema,
    cell: reportCellSchema,
    afterPersonId: z.number().int().min(0).optional(),
    limit: z.number().int().min(1).max(10_000).default(100),
  }),
  response: z.object({
    total: z.number().int(),
    personIds: z.array(z.number().int()),
    nextAfterPersonId: z.number().int().optional(),
  }),
  errors,
});
export const saveReportPeople = endpoint({
  name: 'saveReportPeople',
  method: 'POST',
  path: '/api/v1/reports/people/segment',
  room,
  summary: { en: 'Make a segment of the people behind a row of a report', zh: '将报表下钻客户保存为人群' },
  permission: 'segment.write',
  body: z.object({
    report: reportRequestSchema,
    cell: reportCellSchema,
    segmentId: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/),
    name: z.string().min(1).max(200),
  }),
  response: z.object({ segmentId: z.string(), people: z.number().int() }),
  errors: [...errors, 'segment_exists'],
});
export const exportReport = endpoint({
  name: 'exportReport',
  method: 'POST',
  path: '/api/v1/reports/export',
  room,
  summary: { en: 'A report as CSV or Excel; logged', zh: '导出经营报表（记入审计）' },
  permission: 'report.export',
  body: z.object({ report: reportRequestSchema, format: z.enum(['csv', 'xlsx']).default('xlsx') }),
  response: z.string().describe('text/csv, or the bytes of an .xlsx file'),
  errors,
});

const reportParams = z.object({ reportId: z.uuid() });

export const listReports = endpoint({
  name: 'listReports',
  method: 'GET',
  path: '/api/v1/reports',
  room,
  summary: { en: 'One’s own saved reports and shared ones, last changed first', zh: '已保存的经营报表列表' },
  permission: 'report.read',
  response: z.object({ items: z.array(shownReportSchema) }),
});
export const createReport = endpoint({
  name: 'createReport',
  method: 'POST',
  path: '/api/v1/reports',
  room,
  summary: { en: 'Save a report under a name', zh: '保存经营报表' },
  permission: 'report.read',
  body: savedReportInputSchema,
  response: savedReportSchema,
  errors: ['eql_invalid'],
});
export const readReport = endpoint({
  name: 'readReport',
  method: 'GET',
  path: '/api/v1/reports/:reportId',
  room,
  summary: { en: 'A saved report', zh: '经营报表定义' },
  permission: 'report.read',
  params: reportParams,
  response: savedReportSchema,
  errors: ['report_not_found', 'names_not_shared'],
});
export const saveReport = endpoint({
  name: 'saveReport',
  method: 'PUT',
  path: '/api/v1/reports/:reportId',
  room,
  summary: { en: 'Save a changed report of one’s own', zh: '更新已保存的经营报表' },
  permission: 'report.read',
  params: reportParams,
  body: savedReportInputSchema.extend({ revision: z.number().int().describe('the one that was edited') }),
  response: savedReportSchema,
  errors: ['report_not_found', 'conflict', 'eql_invalid'],
});
export const deleteReport = endpoint({
  name: 'deleteReport',
  method: 'DELETE',
  path: '/api/v1/reports/:reportId',
  room,
  summary: { en: 'Delete a saved report of one’s own', zh: '删除已保存的经营报表' },
  permission: 'report.read',
  params: reportParams,
  response: z.object({ done: z.literal(true) }),
  errors: ['report_not_found'],
});
