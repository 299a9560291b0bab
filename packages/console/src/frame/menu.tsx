/** The navigation, in the order of the loop. */
import type { ComponentType } from 'react';
import {
  AlertOutlined,
  ApiOutlined,
  ApartmentOutlined,
  AuditOutlined,
  CheckSquareOutlined,
  CloudDownloadOutlined,
  ClusterOutlined,
  DashboardOutlined,
  DatabaseOutlined,
  DeploymentUnitOutlined,
  ExportOutlined,
  FieldTimeOutlined,
  FileTextOutlined,
  HomeOutlined,
  KeyOutlined,
  LinkOutlined,
  LineChartOutlined,
  MessageOutlined,
  PartitionOutlined,
  ProfileOutlined,
  ReadOutlined,
  SafetyOutlined,
  SettingOutlined,
  StopOutlined,
  TableOutlined,
  TagsOutlined,
  TeamOutlined,
  ThunderboltOutlined,
  UserOutlined,
  UsergroupAddOutlined,
} from '@ant-design/icons';
import {
  audienceApi,
  canvasApi,
  connectionsApi,
  contentApi,
  hubApi,
  identityApi,
  importsApi,
  ingestApi,
  ingestionTasksApi,
  insightApi,
  linkingApi,
  outputsApi,
  platformApi,
  profileApi,
  streamsApi,
  type Endpoint,
} from '@wutong/contract';
import type { Text } from '../text/text.ts';
import { mayCall, type Caller } from './session.tsx';

export interface MenuItem {
  to: string;
  label: keyof Text['frame']['menu'];
  icon: ComponentType;
  /** What the page reads first: whoever may not, is not shown the way. */
  reads: Pick<Endpoint, 'permission' | 'path'>;
  /** Only the very address, not what stands below it. */
  exact?: boolean;
}

export interface MenuGroup {
  label?: keyof Text['frame']['menu'];
  items: MenuItem[];
}

const menu: MenuGroup[] = [
  {
    items: [{ to: '/', reads: insightApi.readOverview, label: 'overview', icon: HomeOutlined, exact: true }],
  },
  {
    label: 'data',
    items: [
      { to: '/data/sources', reads: ingestApi.listSources, label: 'sources', icon: DatabaseOutlined },
      { to: '/data/rejected', reads: ingestApi.listRejected, label: 'rejected', icon: StopOutlined },
      { to: '/data/runs', reads: importsApi.listImports, label: 'runs', icon: CloudDownloadOutlined },
      {
        to: '/data/connections',
        reads: connectionsApi.listConnections,
        label: 'connections',
        icon: LinkOutlined,
      },
      {
        to: '/data/ingestion',
        reads: ingestionTasksApi.listTasks,
        label: 'ingestion',
        icon: FieldTimeOutlined,
      },
      { to: '/data/streams', reads: streamsApi.listStreams, label: 'streams', icon: ApiOutlined },
      { to: '/data/outputs', reads: outputsApi.listOutputs, label: 'outputs', icon: ExportOutlined },
      { to: '/data/readers', reads: outputsApi.listReaders, label: 'readers', icon: ReadOutlined },
      {
        to: '/data/tracking-plan',
        reads: ingestApi.listTrackingPlan,
        label: 'trackingPlan',
        icon: ProfileOutlined,
      },
      { to: '/data/keys', reads: identityApi.listKeyTypes, label: 'keyTypes', icon: KeyOutlined },
      {
        to: '/data/linking',
        reads: linkingApi.listLinkingRuns,
        label: 'linking',
        icon: UsergroupAddOutlined,
      },
      {
        to: '/data/quarantine',
        reads: identityApi.listQuarantine,
        label: 'quarantine',
        icon: SafetyOutlined,
      },
      { to: '/data/lineage', reads: audienceApi.readLineage, label: 'lineage', icon: DeploymentUnitOutlined },
    ],
  },
  {
    label: 'people',
    items: [
      { to: '/people', reads: identityApi.findPeople, label: 'peopleSearch', icon: UserOutlined },
      { to: '/entities', reads: profileApi.listEntities, label: 'entities', icon: ClusterOutlined },
      { to: '/data/model', reads: profileApi.declareEntityType, label: 'model', icon: PartitionOutlined },
    ],
  },
  {
    label: 'audience',
    items: [
      { to: '/audiences', reads: audienceApi.listSegments, label: 'segments', icon: TeamOutlined },
      { to: '/tags', reads: audienceApi.listTags, label: 'tags', icon: TagsOutlined },
    ],
  },
  {
    label: 'insight',
    items: [
      { to: '/insight/analyses', reads: insightApi.analyseTrend, label: 'analyses', icon: LineChartOutlined },
      { to: '/insight/reports', reads: insightApi.listReports, label: 'reports', icon: TableOutlined },
      {
        to: '/insight/dashboards',
        reads: insightApi.listDashboards,
        label: 'boards',
        icon: DashboardOutlined,
      },
      { to: '/insight/alerts', reads: insightApi.listAlerts, label: 'alerts', icon: AlertOutlined },
    ],
  },
  {
    label: 'strategy',
    items: [
      { to: '/strategies', reads: canvasApi.listStrategies, label: 'strategies', icon: ApartmentOutlined },
      { to: '/content', reads: contentApi.listContent, label: 'contents', icon: FileTextOutlined },
    ],
  },
  {
    label: 'channels',
    items: [
      { to: '/suppliers', reads: hubApi.listSuppliers, label: 'suppliers', icon: ThunderboltOutlined },
      { to: '/messages', reads: hubApi.listMessages, label: 'messages', icon: MessageOutlined },
      { to: '/tasks', reads: hubApi.listTasks, label: 'tasks', icon: CheckSquareOutlined },
    ],
  },
  {
    label: 'governance',
    items: [
      { to: '/audit', reads: platformApi.listAudit, label: 'audit', icon: AuditOutlined },
      { to: '/settings', reads: platformApi.readHealth, label: 'settings', icon: SettingOutlined },
    ],
  },
];

/** The navigation of somebody who may call this; groups without a page are left out. */
export function menuFor(caller: Caller): MenuGroup[] {
  return menu
    .map((group) => ({
      ...group,
      items: group.items.filter(({ reads }) => mayCall(caller, reads)),
    }))
    .filter(({ items }) => items.length > 0);
}
