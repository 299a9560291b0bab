/** The navigation, in the order of the loop. */
import type { ComponentType } from 'react';
import {
  ApartmentOutlined,
  AuditOutlined,
  CheckSquareOutlined,
  CloudDownloadOutlined,
  ClusterOutlined,
  DatabaseOutlined,
  FileTextOutlined,
  HomeOutlined,
  KeyOutlined,
  MessageOutlined,
  ProfileOutlined,
  SafetyOutlined,
  SettingOutlined,
  StopOutlined,
  TeamOutlined,
  ThunderboltOutlined,
  UserOutlined,
} from '@ant-design/icons';
import type { Text } from '../text/text.ts';

export interface MenuItem {
  to: string;
  label: keyof Text['frame']['menu'];
  icon: ComponentType;
  /** Only the very address, not what stands below it. */
  exact?: boolean;
}

export interface MenuGroup {
  label?: keyof Text['frame']['menu'];
  items: MenuItem[];
}

export const menu: MenuGroup[] = [
  { items: [{ to: '/', label: 'overview', icon: HomeOutlined, exact: true }] },
  {
    label: 'data',
    items: [
      { to: '/data/sources', label: 'sources', icon: DatabaseOutlined },
      { to: '/data/rejected', label: 'rejected', icon: StopOutlined },
      { to: '/data/runs', label: 'runs', icon: CloudDownloadOutlined },
      { to: '/data/tracking-plan', label: 'trackingPlan', icon: ProfileOutlined },
      { to: '/data/keys', label: 'keyTypes', icon: KeyOutlined },
      { to: '/data/quarantine', label: 'quarantine', icon: SafetyOutlined },
    ],
  },
  {
    label: 'people',
    items: [
      { to: '/people', label: 'peopleSearch', icon: UserOutlined },
      { to: '/entities', label: 'entities', icon: ClusterOutlined },
    ],
  },
  { label: 'audience', items: [{ to: '/audiences', label: 'segments', icon: TeamOutlined }] },
  {
    label: 'strategy',
    items: [
      { to: '/strategies', label: 'strategies', icon: ApartmentOutlined },
      { to: '/content', label: 'contents', icon: FileTextOutlined },
    ],
  },
  {
    label: 'channels',
    items: [
      { to: '/suppliers', label: 'suppliers', icon: ThunderboltOutlined },
      { to: '/messages', label: 'messages', icon: MessageOutlined },
      { to: '/tasks', label: 'tasks', icon: CheckSquareOutlined },
    ],
  },
  {
    label: 'governance',
    items: [
      { to: '/audit', label: 'audit', icon: AuditOutlined },
      { to: '/settings', label: 'settings', icon: SettingOutlined },
    ],
  },
];
