import type { ComponentType } from 'react';
import {
  BranchesOutlined,
  ClockCircleOutlined,
  FlagOutlined,
  LoginOutlined,
  NotificationOutlined,
  PauseCircleOutlined,
  PercentageOutlined,
  SolutionOutlined,
} from '@ant-design/icons';
import type { StrategyNodeKind } from '@wutong/contract';

/** The picture and the tone of each kind of node; the tone groups them: people, decisions, reach, time. */
export const nodeIcons: Record<StrategyNodeKind, { icon: ComponentType; tone: string }> = {
  entry: { icon: LoginOutlined, tone: 'accent' },
  holdout: { icon: PauseCircleOutlined, tone: 'grey' },
  split: { icon: PercentageOutlined, tone: 'plum' },
  send: { icon: NotificationOutlined, tone: 'blue' },
  task: { icon: SolutionOutlined, tone: 'blue' },
  wait: { icon: ClockCircleOutlined, tone: 'amber' },
  branch: { icon: BranchesOutlined, tone: 'plum' },
  exit: { icon: FlagOutlined, tone: 'grey' },
};
