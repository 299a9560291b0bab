import { EllipsisOutlined } from '@ant-design/icons';
import { Tabs, type TabsProps } from 'antd';
import { useText } from '../frame/reader.tsx';

/** Tabs of a page; those that a narrow window has no room for are behind a button with a name. */
export function PageTabs(props: TabsProps) {
  const { state } = useText();
  return (
    <Tabs destroyOnHidden more={{ icon: <EllipsisOutlined aria-label={state.moreTabs} /> }} {...props} />
  );
}
