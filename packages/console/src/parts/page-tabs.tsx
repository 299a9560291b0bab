import { EllipsisOutlined } from '@ant-design/icons';
import { Tabs, type TabsProps } from 'antd';
import { useText } from '../frame/reader.tsx';

/**
 * Tabs of a page; those that a narrow window has no room for are behind a button with a name. A tab that the address
 * names and the page does not have is the first one rather than an empty page.
 */
export function PageTabs(props: TabsProps) {
  const { state } = useText();
  const { activeKey, items } = props;
  const isKnown = activeKey === undefined || items?.some(({ key }) => key === activeKey);
  return (
    <Tabs
      destroyOnHidden
      more={{ icon: <EllipsisOutlined aria-label={state.moreTabs} /> }}
      {...props}
      {...(isKnown ? {} : { activeKey: items?.[0]?.key })}
    />
  );
}
